package dev.jig.top.screen;

/// What a key does.
enum Command {
  UP,
  DOWN,
  PAGE_UP,
  PAGE_DOWN,
  HOME,
  END,
  /// Into the selected row; ends a prompt.
  ENTER,
  /// Back; leaves a prompt.
  ESCAPE,
  ERASE,
  QUIT,
  /// Any other key: its meaning depends on whether a prompt is open.
  CHARACTER
}
