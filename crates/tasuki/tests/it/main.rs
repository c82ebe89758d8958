//! The executable as an operator uses it, each test on an installation of its own.

#![cfg(test)]

mod bench;
mod faults;
mod former;
mod ground;
mod installation;
mod instances;
mod moving;
mod replica;
mod turns;
