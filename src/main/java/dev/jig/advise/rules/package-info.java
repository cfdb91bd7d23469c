/// One class for each kind of finding; docs/ADVISE.md gives the reasons for their thresholds.
@NullMarked
package dev.jig.advise.rules;

import org.jspecify.annotations.NullMarked;
