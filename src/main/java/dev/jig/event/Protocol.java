package dev.jig.event;

/// The transport a message came over.
public enum Protocol {
  UDP,
  TCP
}
