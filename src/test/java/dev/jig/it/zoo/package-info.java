/// The zoo: real servers, clients and faults in network namespaces, and what `ig advise dns` finds.
@NullMarked
package dev.jig.it.zoo;

import org.jspecify.annotations.NullMarked;
