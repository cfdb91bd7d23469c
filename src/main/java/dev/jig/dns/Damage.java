package dev.jig.dns;

/// What is wrong with a message, and at which of its bytes.
public record Damage(Malformation reason, int offset) {}
