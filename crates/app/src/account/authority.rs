//! Who makes and changes whom (アカウントの管理権限).
//!
//! As in the national service: 事業所ユーザ makes 管理者ユーザ, who makes 一般ユーザ. The operator
//! makes the first account of every organisation and may change every account.

use tasuki_core::account::{AccountLevel, JobType, Organisation};
use tasuki_core::word::Word;

use crate::AppError;
use crate::caller::{By, Staff};

/// The caller may make and change accounts of `level` in `organisation`.
pub fn may_manage(by: By<'_>, organisation: &Organisation, level: AccountLevel) -> bool {
    let By::Staff(staff) = by else { return true };
    if staff.organisation == *organisation {
        return makes(staff.level, level);
    }
    by.is_operator()
}

/// 事業所ユーザ makes 管理者ユーザ; 管理者ユーザ makes 一般ユーザ; nobody else makes anybody.
fn makes(own: AccountLevel, level: AccountLevel) -> bool {
    matches!(
        (own, level),
        (AccountLevel::Office, AccountLevel::Administrator)
            | (AccountLevel::Administrator, AccountLevel::General)
    )
}

/// Order of the levels: who makes is higher than who is made.
pub(super) fn rank(level: AccountLevel) -> u8 {
    match level {
        AccountLevel::General => 0,
        AccountLevel::Administrator => 1,
        AccountLevel::Office => 2,
    }
}

/// Refuses a caller who may not manage this level there.
pub(super) fn manage(
    by: By<'_>,
    organisation: &Organisation,
    level: AccountLevel,
) -> Result<(), AppError> {
    if may_manage(by, organisation, level) { Ok(()) } else { Err(AppError::Denied) }
}

/// Refuses a caller who manages nobody there.
pub(super) fn see(by: By<'_>, organisation: &Organisation) -> Result<(), AppError> {
    let own =
        |staff: &Staff| staff.organisation == *organisation && staff.level != AccountLevel::General;
    match by {
        By::Staff(staff) if !own(staff) && !by.is_operator() => Err(AppError::Denied),
        By::Staff(_) | By::Console => Ok(()),
    }
}

/// Refuses a job that does not exist in this kind of organisation.
pub(super) fn job_fits(organisation: &Organisation, job: JobType) -> Result<(), AppError> {
    match job.exists_in(organisation) {
        true => Ok(()),
        false => Err(AppError::invalid("job", "job-here")),
    }
}

/// Jobs that exist in this kind of organisation (この所属にある職種).
pub fn jobs(organisation: &Organisation) -> impl Iterator<Item = JobType> {
    JobType::ALL.iter().copied().filter(|job| job.exists_in(organisation))
}
