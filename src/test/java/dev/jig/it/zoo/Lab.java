package dev.jig.it.zoo;

import dev.jig.fixture.Command;
import dev.jig.fixture.NetworkHost;
import dev.jig.fixture.TestNetwork;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// The network of a set-up: a client, a server and a router between them, further hosts on links of
/// their own, and a folder for the files of all.
final class Lab implements Closeable {
  private final TestNetwork network = TestNetwork.routed();
  private final Deque<Closeable> parts = new ArrayDeque<>();
  private final Path folder;
  private int links = 2; // the client's and the server's
  private int scripts;
  private List<String> selection = List.of();

  Lab() {
    try {
      folder = Files.createTempDirectory("jig-zoo");
      // Servers that drop root need access.
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      network.close();
      throw new UncheckedIOException(e);
    }
  }

  NetworkHost client() {
    return network.client();
  }

  NetworkHost server() {
    return network.server();
  }

  NetworkHost router() {
    return network.router();
  }

  /// Adds a host; the first one has the addresses 10.77.3.1 and fd77:3::1.
  NetworkHost add(String role) {
    links++;
    return network.add(role, links);
  }

  /// Makes `ig` trace what these flags select, and not the script.
  void select(String... flags) {
    selection = List.of(flags);
  }

  /// Empty: the script with its descendants.
  List<String> selection() {
    return selection;
  }

  /// Closes it with the lab, the latest part first.
  <T extends Closeable> T use(T part) {
    parts.push(part);
    return part;
  }

  /// A folder of its own for a program.
  Path folder(String name) {
    try {
      return Files.createDirectory(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Writes the host's resolv.conf(5), and makes its programs ask only files and DNS.
  void configure(NetworkHost host, String... resolvConf) {
    host.writeEtc("resolv.conf", String.join("\n", resolvConf) + "\n");
    host.writeEtc("nsswitch.conf", "hosts: files dns\n");
  }

  /// The line of a script that runs another one on a host.
  String on(NetworkHost host, String script) {
    try {
      scripts++;
      Path file = Files.writeString(folder.resolve("script" + scripts), script + "\n");
      return "ip netns exec " + host.namespace() + " sh " + file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The line of a script that runs another one on the client.
  String onClient(String script) {
    return on(client(), script);
  }

  @Override
  public void close() {
    try (network) {
      while (!parts.isEmpty()) {
        parts.pop().close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Command.run("rm", "-rf", folder.toString());
    }
  }
}
