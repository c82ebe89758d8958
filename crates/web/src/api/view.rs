//! What answers look like (答えの形): core values borrowed from a use case's answer, written once.

mod answer;
mod basics;
mod paper;

pub use answer::{AnswerView, LineView, WhyView};
pub use basics::{
    AssignmentView, AverageView, ConsentView, InsurerView, NameView, PersonView, WithdrawalView,
};
pub use paper::{Paper, PaperView};
