//! Stronger rights (権限): a function that a role lacks is denied, and says so.

use axum::extract::FromRequestParts;
use http::request::Parts;
use tasuki_core::account::{AccountLevel, Organisation};

use super::{Refusal, Staff};
use crate::problem::{Code, Problem};
use crate::server::State;

/// A role is a member of staff with more rights.
pub trait Role: AsRef<Staff> + From<Staff> {
    /// This member of staff has the role.
    fn fits(staff: &Staff) -> bool;
}

macro_rules! role {
    ($(#[$meta:meta])* $name:ident, $fits:expr) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        pub struct $name(pub Staff);

        impl AsRef<Staff> for $name {
            fn as_ref(&self) -> &Staff {
                &self.0
            }
        }

        impl From<Staff> for $name {
            fn from(staff: Staff) -> Self {
                Self(staff)
            }
        }

        impl Role for $name {
            fn fits(staff: &Staff) -> bool {
                let fits: fn(&Staff) -> bool = $fits;
                fits(staff)
            }
        }

        impl FromRequestParts<State> for $name {
            type Rejection = Refusal;

            async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Refusal> {
                role(parts, state).await
            }
        }
    };
}

role!(
    /// Manages accounts and devices of an organisation (事業所ユーザ・管理者ユーザ).
    OfficeAdministrator,
    |staff| matches!(staff.caller().level, AccountLevel::Office | AccountLevel::Administrator)
);
role!(
    /// The insurer's staff (市町村職員).
    MunicipalStaff,
    |staff| matches!(staff.caller().organisation, Organisation::Insurer(_))
);
role!(
    /// The operator's staff (運営者).
    OperatorStaff,
    |staff| matches!(staff.caller().organisation, Organisation::Operator)
);

impl AsRef<Staff> for Staff {
    fn as_ref(&self) -> &Self {
        self
    }
}

async fn role<R: Role>(parts: &mut Parts, state: &State) -> Result<R, Refusal> {
    let staff = Staff::from_request_parts(parts, state).await?;
    if R::fits(&staff) {
        Ok(R::from(staff))
    } else {
        Err(Refusal::Problem(Problem::new(Code::Denied)))
    }
}
