//! Integration tests of the policy.

#[cfg(test)]
mod differential;
#[cfg(test)]
mod grants;
#[cfg(test)]
mod mutation;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod published_table;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod space;
#[cfg(test)]
mod tables;
