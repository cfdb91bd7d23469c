package dev.jig.trace;

import dev.jig.capture.CaptureFileSource;
import dev.jig.capture.FileCounters;

/// The last line of a trace of a file: the counts of its packets.
final class FileSummary {
  private FileSummary() {}

  static String line(CaptureFileSource source, Pipeline pipeline) {
    FileCounters file = source.counters();
    Counters messages = pipeline.counters();
    return new SummaryLine(file.read(), "packet read", "packets read")
        .add(
            messages.rows() + messages.lookups() + messages.names(),
            messages.unit(),
            messages.unit() + "s")
        .addIf(messages.unansweredRows(), "unanswered")
        .add(messages.filtered(), "filtered")
        .addIf(source.dropped(), "lost while it was written")
        .addIf(messages.lookupsFiltered(), "lookup filtered", "lookups filtered")
        .addIf(messages.namesFiltered(), "name filtered", "names filtered")
        .addIf(messages.besideNames(), "late or unexpected answer", "late or unexpected answers")
        .addIf(messages.namesEvicted(), "name cut short", "names cut short")
        .addIf(messages.copies(), "copy of another packet", "copies of other packets")
        .addIf(pipeline.pending(), "still waiting for an answer")
        .addIf(messages.malformed(), "malformed")
        .addIf(messages.partlyMalformed(), "malformed in part")
        .addIf(file.notDns() + messages.notDns(), "not DNS")
        .addIf(file.noPayload(), "without data")
        .addIf(file.fragments(), "fragment", "fragments")
        .addIf(file.incomplete(), "packet with fragments missing", "packets with fragments missing")
        .addIf(file.truncated(), "cut short by the capture")
        .addIf(file.badHeader(), "with a bad header", "with bad headers")
        .addIf(file.unknownLinkType(), "of an unknown link type", "of unknown link types")
        .addIf(source.outOfOrder(), "packet out of order", "packets out of order")
        .addIf(
            messages.answersLost(),
            "query with a possibly lost answer",
            "queries with possibly lost answers")
        .addIf(messages.tcpGaps(), "gap in a TCP stream", "gaps in TCP streams")
        .addIf(messages.tcpBytesDropped(), "byte of TCP dropped", "bytes of TCP dropped")
        .addIf(
            pipeline.evicted(),
            "query evicted before its answer",
            "queries evicted before their answer")
        .text();
  }
}
