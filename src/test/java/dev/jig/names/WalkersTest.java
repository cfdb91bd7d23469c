package dev.jig.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.SearchSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The names that resolvers ask, in their order: glibc, musl, busybox, Java, Go, c-ares and dig.
/// Numbers are queries/wasted/searched.
final class WalkersTest {
  private static final SearchList K8S =
      new SearchList(
          List.of("ns.svc.cluster.local.", "svc.cluster.local.", "cluster.local."),
          5,
          SearchSource.FILE);
  private static final SearchList OFFICE =
      new SearchList(List.of("corp.example.", "example."), 1, SearchSource.RUNTIME);
  private static final SearchList NO_SEARCH = new SearchList(List.of(), 1, SearchSource.FILE);

  /// glibc, and Java on it: A and AAAA at once, the next suffix after both.
  @Test
  void glibcAsksAnExternalNameWithEachSuffixFirst() {
    assertThat(externalName(Script.of(K8S)).text())
        .isEqualTo("api.example.com. → api.example.com. ok 8/6/6 file\n");
  }

  private static Script externalName(Script script) {
    return script
        .pair(0, 2, "api.example.com.ns.svc.cluster.local.", "nxdomain")
        .pair(3, 2, "api.example.com.svc.cluster.local.", "nxdomain")
        .pair(6, 2, "api.example.com.cluster.local.", "nxdomain")
        .pair(9, 2, "api.example.com.", "ok");
  }

  @Test
  void glibcFindsAServiceOfAnotherNamespaceWithTheSecondSuffix() {
    String text =
        Script.of(K8S)
            .pair(0, 2, "db.prod.ns.svc.cluster.local.", "nxdomain")
            .pair(3, 2, "db.prod.svc.cluster.local.", "ok", "nodata")
            .text();
    assertThat(text).isEqualTo("db.prod. → db.prod.svc.cluster.local. ok 4/2/4 file\n");
  }

  /// One name was asked: it may have been wanted as it is, or made by the search list. Waste is not
  /// claimed.
  @Test
  void aNameFoundWithTheFirstSuffixIsTheNameAsked() {
    String text = Script.of(K8S).pair(0, 2, "web.ns.svc.cluster.local.", "ok", "nodata").text();
    assertThat(text)
        .isEqualTo("web.ns.svc.cluster.local. → web.ns.svc.cluster.local. ok 2/0/0 -\n");
  }

  @Test
  void allSuffixesFail() {
    String text =
        Script.of(K8S)
            .pair(0, 2, "nosuch.ns.svc.cluster.local.", "nxdomain")
            .pair(3, 2, "nosuch.svc.cluster.local.", "nxdomain")
            .pair(6, 2, "nosuch.cluster.local.", "nxdomain")
            .pair(9, 2, "nosuch.", "nxdomain")
            .text();
    assertThat(text).isEqualTo("nosuch. → - nxdomain 8/6/6 file\n");
  }

  /// glibc remembers NODATA and SERVFAIL, and goes on (res_context_search).
  @Test
  void glibcGoesOnAfterNodataAndServfail() {
    String text =
        Script.of(K8S)
            .pair(0, 2, "x.ns.svc.cluster.local.", "nodata")
            .pair(3, 2, "x.svc.cluster.local.", "servfail")
            .pair(6, 2, "x.cluster.local.", "nxdomain")
            .pair(9, 2, "x.", "nxdomain")
            .pair(2_000, 2, "y.ns.svc.cluster.local.", "nodata")
            .pair(2_003, 2, "y.svc.cluster.local.", "nxdomain")
            .pair(2_006, 2, "y.cluster.local.", "nxdomain")
            .pair(2_009, 2, "y.", "nxdomain")
            .text();
    assertThat(text).isEqualTo("x. → - servfail 8/6/6 file\ny. → - nodata 8/6/6 file\n");
  }

  /// Two servers, two tries each: 20 s for the first suffix; then glibc asks the name as it is.
  @Test
  void aTimeoutDoesNotEndTheWalk() {
    String text =
        Script.of(K8S)
            .one(0, 20_000, "x.ns.svc.cluster.local.", "A", "timeout", 4)
            .one(0, 20_000, "x.ns.svc.cluster.local.", "AAAA", "timeout", 4)
            .pair(20_001, 2, "x.", "ok")
            .text();
    assertThat(text).isEqualTo("x. → x. ok 10/8/8 file\n");
  }

  /// A try was lost, repeated 5 s later at the next server, and the last one over TCP.
  @Test
  void triesOfAStepCount() {
    String text =
        Script.of(K8S)
            .pair(0, 2, "a.b.ns.svc.cluster.local.", "nxdomain")
            .one(3, 5_002, "a.b.svc.cluster.local.", "A", "nxdomain", 2)
            .one(3, 2, "a.b.svc.cluster.local.", "AAAA", "nxdomain")
            .one(5_006, 3, "a.b.cluster.local.", "A", "ok", 2)
            .one(5_006, 3, "a.b.cluster.local.", "AAAA", "nodata")
            .text();
    assertThat(text).isEqualTo("a.b. → a.b.cluster.local. ok 8/5/8 file\n");
  }

  /// At least ndots dots: as it is first, then the suffixes (glibc, Go).
  @Test
  void aNameWithManyDotsIsAskedAsItIsFirst() {
    String text =
        Script.of(OFFICE)
            .pair(0, 2, "www.intra.", "nxdomain")
            .pair(3, 2, "www.intra.corp.example.", "nxdomain")
            .pair(6, 2, "www.intra.example.", "ok")
            .text();
    assertThat(text).isEqualTo("www.intra. → www.intra.example. ok 6/4/4 runtime\n");
  }

  /// A trailing dot: no search list.
  @Test
  void aNameWithATrailingDotIsAskedAlone() {
    String text =
        Script.of(K8S)
            .pair(0, 2, "api.example.com.", "ok")
            .pair(10, 2, "nosuch.example.com.", "nxdomain")
            .pair(20, 2, "web.ns.svc.cluster.local.", "nxdomain")
            .text();
    assertThat(text)
        .isEqualTo(
            """
            api.example.com. → api.example.com. ok 2/0/0 -
            nosuch.example.com. → - nxdomain 2/0/0 -
            web.ns.svc.cluster.local. → - nxdomain 2/0/0 -
            """);
  }

  /// The name ends with a suffix already, but has fewer dots than ndots.
  @Test
  void aNameThatEndsWithASuffixIsSearchedToo() {
    String text =
        Script.of(K8S)
            .pair(0, 2, "web.ns.svc.cluster.local.ns.svc.cluster.local.", "nxdomain")
            .pair(3, 2, "web.ns.svc.cluster.local.svc.cluster.local.", "nxdomain")
            .pair(6, 2, "web.ns.svc.cluster.local.cluster.local.", "nxdomain")
            .pair(9, 2, "web.ns.svc.cluster.local.", "ok")
            .text();
    assertThat(text)
        .isEqualTo("web.ns.svc.cluster.local. → web.ns.svc.cluster.local. ok 8/6/6 file\n");
  }

  @Test
  void theCaseOfLettersIsKeptAndIgnored() {
    String text =
        Script.of(K8S)
            .pair(0, 2, "API.Example.com.NS.svc.cluster.local.", "nxdomain")
            .pair(3, 2, "API.Example.com.svc.cluster.local.", "nxdomain")
            .pair(6, 2, "API.Example.com.cluster.local.", "nxdomain")
            .pair(9, 2, "API.Example.com.", "ok")
            .text();
    assertThat(text).isEqualTo("API.Example.com. → API.Example.com. ok 8/6/6 file\n");
  }

  /// musl: all servers at once, stops at the first name that exists, be it without an address, and
  /// at a server failure. With ndots dots it has no search list.
  @Test
  void muslStopsAtNodataAndServfail() {
    String text =
        Script.of(K8S)
            .pair(0, 2, "x.ns.svc.cluster.local.", "nxdomain")
            .pair(3, 2, "x.svc.cluster.local.", "nodata")
            .pair(3_000, 2, "y.ns.svc.cluster.local.", "nxdomain")
            .pair(3_003, 2, "y.svc.cluster.local.", "servfail")
            .pair(6_000, 2, "a.b.c.d.e.example.", "nxdomain")
            .text();
    assertThat(text)
        .isEqualTo(
            """
            x. → - nodata 4/2/4 file
            y. → - servfail 4/2/4 file
            a.b.c.d.e.example. → - nxdomain 2/0/0 -
            """);
  }

  @Test
  void muslAsksAllServersAtOnce() {
    String text =
        Script.of(OFFICE)
            .one(0, 2, "web.corp.example.", "A", "nxdomain", 3)
            .one(0, 2, "web.corp.example.", "AAAA", "nxdomain", 3)
            .one(3, 2, "web.example.", "A", "ok", 3)
            .one(3, 2, "web.example.", "AAAA", "nodata", 3)
            .text();
    assertThat(text).isEqualTo("web. → web.example. ok 12/6/12 runtime\n");
  }

  /// busybox nslookup sends all queries before the first answer, and never the name itself.
  @Test
  void busyboxAsksAllAtOnce() {
    String text =
        Script.of(K8S)
            .one(0, 5, "web.ns.svc.cluster.local.", "A", "ok")
            .one(0, 5, "web.ns.svc.cluster.local.", "AAAA", "nodata")
            .one(1, 4, "web.svc.cluster.local.", "A", "nxdomain")
            .one(1, 4, "web.svc.cluster.local.", "AAAA", "nxdomain")
            .one(1, 6, "web.cluster.local.", "A", "nxdomain")
            .one(1, 6, "web.cluster.local.", "AAAA", "nxdomain")
            .text();
    assertThat(text).isEqualTo("web. → web.ns.svc.cluster.local. ok 6/4/6 file\n");
  }

  /// Go: A and AAAA from sockets and threads of their own.
  @Test
  void goAsksFromSeveralThreads() {
    String text =
        Script.of(K8S)
            .thread(1)
            .one(0, 2, "db.prod.ns.svc.cluster.local.", "A", "nxdomain")
            .thread(2)
            .one(0, 3, "db.prod.ns.svc.cluster.local.", "AAAA", "nxdomain")
            .thread(3)
            .one(4, 2, "db.prod.svc.cluster.local.", "A", "ok")
            .thread(1)
            .one(4, 3, "db.prod.svc.cluster.local.", "AAAA", "nodata")
            .text();
    assertThat(text).isEqualTo("db.prod. → db.prod.svc.cluster.local. ok 4/2/4 file\n");
  }

  /// dig +search and c-ares for one type.
  @Test
  void oneTypeIsAskedWithEachSuffix() {
    String text =
        Script.of(OFFICE)
            .one(0, 2, "mail.corp.example.", "MX", "nxdomain")
            .one(3, 2, "mail.example.", "MX", "nodata")
            .one(6, 2, "mail.", "MX", "nxdomain")
            .text();
    assertThat(text).isEqualTo("mail. → - nodata 3/2/2 runtime\n");
  }

  @Test
  void twoThreadsWalkAtOnce() {
    String text =
        Script.of(OFFICE)
            .thread(1)
            .pair(0, 9, "a.corp.example.", "nxdomain")
            .thread(2)
            .pair(1, 2, "b.corp.example.", "nxdomain")
            .pair(4, 2, "b.example.", "ok")
            .thread(3)
            .pair(5, 2, "a.corp.example.", "nxdomain")
            .thread(1)
            .pair(10, 2, "a.example.", "ok")
            .thread(3)
            .pair(11, 2, "a.example.", "ok")
            .text();
    assertThat(text)
        .isEqualTo(
            """
            a. → a.example. ok 4/2/4 runtime
            b. → b.example. ok 4/2/4 runtime
            a. → a.example. ok 4/2/4 runtime
            """);
  }

  /// Another thread waits 20 s for an answer to the same first name; this one is not held up by it.
  @Test
  void aThreadThatGetsNoAnswerDoesNotHoldUpOthers() {
    Script script =
        Script.of(OFFICE)
            .thread(2)
            .one(0, 20_000, "a.corp.example.", "A", "timeout")
            .thread(1)
            .pair(5, 2, "a.corp.example.", "nxdomain")
            .pair(8, 2, "a.example.", "ok");
    assertThat(script.text())
        .isEqualTo(
            """
            a.corp.example. → - timeout 1/0/0 -
            a. → a.example. ok 4/2/4 runtime
            """);
    assertThat(script.emittedMs().getFirst()).isLessThan(1_500);
  }

  @Test
  void theSameNameTwiceInARowMakesTwoRows() {
    String text =
        Script.of(OFFICE)
            .pair(0, 2, "a.corp.example.", "nxdomain")
            .pair(3, 2, "a.example.", "ok")
            .pair(6, 2, "a.corp.example.", "nxdomain")
            .pair(9, 2, "a.example.", "ok")
            .pair(12, 2, "a.example.", "ok")
            .text();
    assertThat(text)
        .isEqualTo(
            """
            a. → a.example. ok 4/2/4 runtime
            a. → a.example. ok 4/2/4 runtime
            a.example. → a.example. ok 2/0/0 -
            """);
  }

  /// Without a known list a walk shows itself by the name that ends it; others of the same process
  /// are then recognized by its suffixes.
  @Test
  void aListIsLearnedFromAWalk() {
    String text =
        externalName(Script.of(null))
            .pair(1_000, 2, "db.prod.ns.svc.cluster.local.", "nxdomain")
            .pair(1_003, 2, "db.prod.svc.cluster.local.", "ok", "nodata")
            .text();
    assertThat(text)
        .isEqualTo(
            """
            api.example.com. → api.example.com. ok 8/6/6 learned
            db.prod. → db.prod.svc.cluster.local. ok 4/2/4 learned
            """);
  }

  /// Nothing shows that these are one name: a program may ask them by itself.
  @Test
  void namesWithTheSameFirstLabelAreNoWalk() {
    String text =
        Script.of(null)
            .pair(0, 2, "www.one.example.", "nxdomain")
            .pair(3, 2, "www.two.example.", "nxdomain")
            .pair(6, 2, "www.three.example.", "ok")
            .pair(2_000, 2, "www.four.example.", "nxdomain")
            .text();
    assertThat(text)
        .isEqualTo(
            """
            www.one.example. → - nxdomain 2/0/0 -
            www.two.example. → - nxdomain 2/0/0 -
            www.three.example. → www.three.example. ok 2/0/0 -
            www.four.example. → - nxdomain 2/0/0 -
            """);
  }

  /// In a capture file there are no processes.
  @Test
  void aClientAddressStandsForTheProcess() {
    assertThat(externalName(Script.of(null).thread(0)).text())
        .isEqualTo("api.example.com. → api.example.com. ok 8/6/6 learned\n");
  }

  @Test
  void lookupsAloneSuffice() {
    assertThat(externalName(Script.ofLookupsOnly(null)).text())
        .isEqualTo("api.example.com. → api.example.com. ok 8/6/6 learned\n");
    assertThat(externalName(Script.ofLookupsOnly(K8S)).text())
        .isEqualTo("api.example.com. → api.example.com. ok 8/6/6 file\n");
  }

  @Test
  void withoutASearchListEachNameStandsAlone() {
    String text =
        Script.of(NO_SEARCH)
            .pair(0, 2, "web.", "nxdomain")
            .pair(3, 2, "web.example.", "timeout")
            .text();
    assertThat(text).isEqualTo("web. → - nxdomain 2/0/0 -\nweb.example. → - timeout 2/0/0 -\n");
  }
}
