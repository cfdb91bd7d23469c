/// Says what is wrong: rules watch lookups and report findings with evidence, cause and advice. A
/// new rule is a class in package `rules` and a line in its table, a constant of
/// [dev.jig.advise.FindingId] and a section of docs/ADVISE.md. Package `report` writes the
/// findings.
@NullMarked
package dev.jig.advise;

import org.jspecify.annotations.NullMarked;
