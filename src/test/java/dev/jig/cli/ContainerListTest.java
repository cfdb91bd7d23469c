package dev.jig.cli;

import static dev.jig.cli.ContainerList.FIELDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.cli.ContainerList.Change;
import dev.jig.event.Container;
import dev.jig.event.SampleEvents;
import dev.jig.fields.Timestamp;
import dev.jig.output.HostileText;
import dev.jig.output.Parsed;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

final class ContainerListTest {
  private static final Container DB = SampleEvents.container("db");
  private static final Container WEB = SampleEvents.container("web");
  private static final Container POD =
      new Container(
          "containerd",
          "c0ffee".repeat(11),
          "a-name-that-is-longer-than-its-header",
          null,
          null,
          Map.of(),
          new Container.Pod("shop", "web-0", null, Map.of(), "main", false));

  @Test
  void growsToItsContentSortedByRuntimeAndName() {
    assertThat(ContainerList.columns(List.of(WEB, POD, DB), FIELDS).replace("\n", "|\n"))
        .isEqualTo(
            """
            RUNTIME.RUNTIMENAME RUNTIME.CONTAINERID RUNTIME.CONTAINERNAME                 RUNTIME.CONTAINERIMAGENAME|
            containerd          c0ffeec0ffee        a-name-that-is-longer-than-its-header                           |
            docker              b176b176b176        db                                    wbitt/network-multitool   |
            docker              b176b176b176        web                                   wbitt/network-multitool   |
            """);
  }

  @Test
  void printsOnlyTheHeaderWithoutContainers() {
    assertThat(ContainerList.columns(List.of(), FIELDS).lines()).hasSize(1);
    assertThat(ContainerList.json(List.of())).isEqualTo("[]\n");
  }

  @Test
  void showsAContainerOfWhichOnlyTheIdIsKnown() {
    assertThat(ContainerList.columns(List.of(Container.unnamed(null, "b176b176b176b176")), FIELDS))
        .contains("                    b176b176b176        ");
  }

  @Test
  void keepsHostileNamesWithinTheirRow() {
    for (String text : HostileText.ALL) {
      assertThat(ContainerList.columns(List.of(SampleEvents.container(text)), FIELDS))
          .matches(HostileText::isHarmless)
          .satisfies(table -> assertThat(table.lines()).hasSize(2));
    }
  }

  @Test
  void writesAnArrayOfJsonSortedLikewise() throws IOException {
    String docker =
        "{\"runtime\":{\"runtimeName\":\"docker\",\"containerId\":\""
            + "b176".repeat(16)
            + "\",\"containerName\":\"%s\",\"containerImageName\":\"wbitt/network-multitool\"},"
            + "\"k8s\":{}}";

    String json = ContainerList.json(List.of(WEB, POD, DB));

    assertThat(json)
        .startsWith("[{\"runtime\":{\"runtimeName\":\"containerd\"")
        .endsWith("," + docker.formatted("db") + "," + docker.formatted("web") + "]\n");
    assertThat(Parsed.json(json))
        .singleElement()
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .hasSize(3);
  }

  @Test
  void watchesWithTimestampAndEvent() {
    assertThat(ContainerList.watchHeader(FIELDS, OptionalInt.empty()))
        .isEqualTo(
            "TIMESTAMP                           EVENT   RUNTIME.RUNTIMENAME RUNTIME.CONTAINERID"
                + " RUNTIME.CONTAINERNAME          RUNTIME.CONTAINERIMAGENAME    \n");
    assertThat(ContainerList.watchRow(0, Change.DELETED, WEB, FIELDS, OptionalInt.empty()))
        .startsWith(Timestamp.format(0))
        .endsWith(
            " DELETED docker              b176b176b176        web                           "
                + " wbitt/network-multitool       \n");
  }

  @Test
  void aWatchedRowFitsItsTerminalAndKeepsTimeAndEvent() {
    for (int cells : new int[] {80, 100, 130}) {
      OptionalInt terminal = OptionalInt.of(cells);
      String header = ContainerList.watchHeader(FIELDS, terminal);
      String row = ContainerList.watchRow(0, Change.DELETED, WEB, FIELDS, terminal);

      assertThat(header).hasSize(cells + 1).startsWith("TIMESTAMP                      EVENT ");
      assertThat(row)
          .hasSize(cells + 1)
          .startsWith(Timestamp.format(0))
          .contains(" DELETED docker");
    }
    assertThat(ContainerList.watchHeader(FIELDS, OptionalInt.of(20))).endsWith("\n");
  }

  @Test
  void watchesAsOneObjectALine() {
    assertThat(ContainerList.watchJson(0, Change.CREATED, WEB))
        .startsWith("{\"timestamp\":\"" + Timestamp.format(0) + "\",\"event\":\"CREATED\",")
        .contains("\"container\":{\"runtime\":{\"runtimeName\":\"docker\"")
        .endsWith("\"k8s\":{}}}\n");
  }
}
