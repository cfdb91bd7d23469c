package dev.jig.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.SearchSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/// resolv.conf(5).
final class ResolvConfTest {
  @Test
  void readsSearchAndNdots() {
    assertThat(parse("# pod", "search a.example  b.example.\tc", "options timeout:1 ndots:5"))
        .isEqualTo(list(5, "a.example.", "b.example.", "c."));
  }

  @Test
  void theLastOfSearchAndDomainCounts() {
    assertThat(parse("search a b", "domain example.org")).isEqualTo(list(1, "example.org."));
    assertThat(parse("domain example.org", "search a b")).isEqualTo(list(1, "a.", "b."));
  }

  @Test
  void ignoresWhatItDoesNotKnow() {
    assertThat(
            parse("", "nameserver 192.0.2.1", "search", "options ndots:x ndots:99", "; search z"))
        .isEqualTo(list(15));
  }

  @Test
  void theRootIsNoSuffix() {
    assertThat(parse("search . a .")).isEqualTo(list(1, "a."));
  }

  @Test
  void takesTheFieldsOfARuntime() {
    assertThat(ResolvConf.of(List.of("a", "b."), List.of("ndots:5"), SearchSource.RUNTIME))
        .isEqualTo(new SearchList(List.of("a.", "b."), 5, SearchSource.RUNTIME));
  }

  private static SearchList parse(String... lines) {
    return ResolvConf.parse(List.of(lines), SearchSource.FILE);
  }

  private static SearchList list(int ndots, String... suffixes) {
    return new SearchList(List.of(suffixes), ndots, SearchSource.FILE);
  }
}
