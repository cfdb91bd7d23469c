package dev.jig.event;

/// The transport protocol of a message.
public enum Protocol {
  UDP,
  TCP
}
