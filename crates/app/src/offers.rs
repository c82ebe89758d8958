//! What a member of staff may be offered (案内してよいこと): menus and pages ask here, so that none
//! offers what would then be refused.

use tasuki_policy::{authorise_list, authorise_search};

use crate::App;
use crate::access::Visitor;
use crate::caller::Staff;

/// What may be offered; the use cases themselves decide again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Offers {
    /// The list of the own organisation's persons.
    pub list: bool,
    /// Searching by card or by the items of the certificate.
    pub search: bool,
    /// Opening a person in danger to life.
    pub emergency: bool,
}

/// What may be offered to `staff`.
pub fn offers(app: &App, staff: &Staff) -> Offers {
    let Some(visitor) = Visitor::staff(staff) else { return Offers::default() };
    let sharing = app.sharing.load();
    let search = authorise_search(&sharing, &visitor.reader, None).is_ok();
    Offers {
        list: authorise_list(&sharing, &visitor.reader, None).is_ok(),
        search,
        emergency: search && sharing.may_break_glass(&visitor.reader),
    }
}
