package dev.jig.advise;

import dev.jig.event.IpAddress;

/// A client and a server that it asks.
public record ClientServer(Client client, IpAddress server) {}
