/// Hash tables and caches that several packages need, and the hash that spreads their keys. Depends
/// on nothing.
@NullMarked
package dev.jig.table;

import org.jspecify.annotations.NullMarked;
