//! Values, rules and state machines of long-term-care insurance; no I/O, no clock, no async.
