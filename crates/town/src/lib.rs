//! An invented municipality in the shape of the country.
