//! For which organisations a device may be used (端末を使える所属).

use tasuki_core::account::Organisation;
use tasuki_core::provider::Provider;
use tasuki_store::device::Device;
use tasuki_store::provider;

use crate::{App, AppError};

/// A device as far as this rule looks at it.
#[derive(Debug)]
pub(crate) struct DevicePlace<'a> {
    /// To whom its certificate was issued.
    pub(crate) organisation: &'a Organisation,
    /// Corporation of that office.
    pub(crate) corporation: Option<&'a str>,
    /// That office is active; `None` when it is no office, or none that is known.
    pub(crate) office_active: Option<bool>,
}

impl DevicePlace<'_> {
    /// The device may be used for `organisation`; `office` is its row when it is an office.
    ///
    /// An office: the same one, or another of the same corporation, both active. A municipality
    /// and its review board share their devices.
    pub(crate) fn fits(&self, organisation: &Organisation, office: Option<&Provider>) -> bool {
        let own_office = matches!(self.organisation, Organisation::Provider(_));
        if own_office && self.office_active != Some(true) {
            return false;
        }
        match organisation {
            Organisation::Provider(_) => office.is_some_and(|office| {
                let corporation = office.corporation_number.as_deref().filter(|c| !c.is_empty());
                let same = corporation.is_some() && corporation == self.corporation;
                office.active && (self.organisation == organisation || (own_office && same))
            }),
            Organisation::Insurer(number) | Organisation::ReviewBoard(number) => {
                match self.organisation {
                    Organisation::Insurer(own) | Organisation::ReviewBoard(own) => own == number,
                    Organisation::Provider(_) | Organisation::Operator => false,
                }
            }
            Organisation::Operator => *self.organisation == Organisation::Operator,
        }
    }
}

/// Whether `device` may be used for each of `organisations`, with the office of each.
pub(crate) async fn fitting(
    app: &App,
    device: &Device,
    organisations: impl IntoIterator<Item = Organisation>,
) -> Result<Vec<(Organisation, Option<Provider>)>, AppError> {
    let own = office(app, &device.organisation).await?;
    let place = DevicePlace {
        organisation: &device.organisation,
        corporation: own.as_ref().and_then(|own| own.corporation_number.as_deref()),
        office_active: own.as_ref().map(|own| own.active),
    };
    let mut fitting = Vec::new();
    for organisation in organisations {
        let office = office(app, &organisation).await?;
        if place.fits(&organisation, office.as_ref()) {
            fitting.push((organisation, office));
        }
    }
    Ok(fitting)
}

async fn office(app: &App, organisation: &Organisation) -> Result<Option<Provider>, AppError> {
    let Some(number) = organisation.provider() else { return Ok(None) };
    Ok(provider::get(&app.db, number).await?.map(|stored| stored.provider))
}
