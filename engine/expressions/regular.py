"""Regular expressions that no text can make run away.

Patterns are written by authors, the texts come from anywhere, and one evaluation happens under a lock: so nearly every
pattern runs on RE2 (`google-re2`), whose time is linear in the text, whatever the pattern, and whose answer does not
depend on how busy the machine is. What RE2 leaves out (look-around, back-references, possessive quantifiers, atomic
groups, set intersections) runs on `regex`, whose V1 dialect knows them as Java does, under a time limit; past it the
result is null. Java's `\\Q...\\E`, `\\h`, `\\R` and `\\Z` and its named groups are rewritten for both.
"""

from functools import lru_cache

import re2
import regex

TIME_LIMIT = 0.05  # seconds, for patterns that RE2 cannot run
LONGEST_PATTERN = 2_000
