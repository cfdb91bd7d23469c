package dev.jig.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.event.UserFacingException;
import dev.jig.fields.Field;
import dev.jig.fields.Field.ColumnSet;
import dev.jig.fields.Fields;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ColumnSpecTest {
  private static final List<Field> DEFAULTS = Fields.columnsOf(Set.of(ColumnSet.IG));
  private static final String IG =
      "runtime.containerName pid tid comm qr type qtype name rcode numAnswers";

  @ParameterizedTest
  @CsvSource({
    // the defaults
    "''," + IG,
    // exactly these, in this order, in any case
    "'name,pid', name pid",
    "'NAME,Runtime.ContainerName', name runtime.containerName",
    "' name , pid ', name pid",
    "k8s.podName, k8s.pod",
    "'pid,name,pid', pid name",
    // relative to the defaults: k8s first, runtime second
    "+latency," + IG + " latency",
    "'+latency,-tid,-numAnswers',"
        + " runtime.containerName pid comm qr type qtype name rcode latency",
    "'+runtime.runtimeName,+k8s.pod,-runtime.containerName',"
        + " k8s.pod runtime.runtimeName pid tid comm qr type qtype name rcode numAnswers",
    "+pid," + IG,
    "-latency," + IG,
    // mixed: the plain ones are the base
    "'pid,name,+latency', pid name latency",
    "'pid,name,-pid', name",
    "'+k8s.pod,name', name k8s.pod",
    // groups
    "k8s, k8s.node k8s.namespace k8s.pod k8s.container",
    "runtime,"
        + " runtime.runtimeName runtime.containerId runtime.containerName"
        + " runtime.containerImageName",
    "'K8S,-k8s.node,pid', k8s.namespace k8s.pod k8s.container pid",
    "-runtime, pid tid comm qr type qtype name rcode numAnswers",
    "+k8s, k8s.node k8s.namespace k8s.pod k8s.container " + IG
  })
  void parsesToColumns(String spec, String columns) {
    assertThat(ColumnSpec.parse(spec, DEFAULTS))
        .extracting(Field::column)
        .containsExactly(columns.split(" "));
  }

  @ParameterizedTest
  @CsvSource({"'pid,nmae'", "'+nmae'", "'-nmae'"})
  void suggestsSimilarColumnsForAnUnknownOne(String spec) {
    assertThatThrownBy(() -> ColumnSpec.parse(spec, DEFAULTS))
        .isInstanceOfSatisfying(
            UserFacingException.class,
            e -> {
              assertThat(e.sentence()).isEqualTo("There is no column \"nmae\".");
              assertThat(e.hint()).isEqualTo("Did you mean name?");
            });
  }

  @Test
  void rejectsEmptyNamesAndEmptyResults() {
    assertThatThrownBy(() -> ColumnSpec.parse("pid,,name", DEFAULTS))
        .isInstanceOf(UserFacingException.class)
        .hasMessage("The list of columns contains an empty name: \"pid,,name\".");
    assertThatThrownBy(() -> ColumnSpec.parse("pid,-pid", DEFAULTS))
        .isInstanceOf(UserFacingException.class)
        .hasMessage("The list of columns \"pid,-pid\" leaves no column.");
  }
}
