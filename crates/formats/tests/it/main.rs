//! Files of municipalities as a whole: every kind, both directions, every rule.

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod protocol;
#[cfg(test)]
mod roundtrip;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod samples;
