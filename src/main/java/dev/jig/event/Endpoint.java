package dev.jig.event;

/// An address with its port.
public record Endpoint(IpAddress address, int port) {}
