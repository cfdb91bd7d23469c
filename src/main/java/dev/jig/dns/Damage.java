package dev.jig.dns;

/// The first malformation of a message, and its byte offset within the message.
public record Damage(Malformation reason, int offset) {}
