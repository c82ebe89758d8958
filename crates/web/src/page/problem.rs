//! The page about a problem (エラーの画面): what happened, why, what to do now.

use askama::Template;
use axum::response::{IntoResponse, Response};

use super::{Rendered, Shell, filters};
use crate::problem::{Code, Message, Problem, messages};

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    shell: Shell,
    message: &'static Message,
    incident: Option<String>,
    wait: Option<String>,
    sign_in: bool,
}

/// The answer for people. It shows no navigation: who is signed in may be what went wrong.
pub(crate) fn page(problem: &Problem) -> Response {
    let message = messages().code(problem.code);
    // INVARIANT: the time of this page is not printed, so no clock is needed here.
    let shell = Shell::new(message.title.clone(), tasuki_core::date::AtMs(0));
    let page = ProblemPage {
        shell,
        message,
        incident: problem.incident.clone(),
        wait: problem.retry_after_s.map(wait_text),
        sign_in: problem.code == Code::SignInRequired,
    };
    Rendered::with_status(problem.code.status(), page).into_response()
}

/// How long to wait, in words.
fn wait_text(seconds: u64) -> String {
    match seconds {
        0..=90 => format!("{seconds}秒"),
        91..=5_400 => format!("{}分", seconds.div_ceil(60)),
        _ => format!("{}時間", seconds.div_ceil(3_600)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_said_in_the_unit_people_use() {
        assert_eq!(wait_text(30), "30秒");
        assert_eq!(wait_text(91), "2分");
        assert_eq!(wait_text(7_200), "2時間");
    }
}
