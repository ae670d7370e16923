//! How the store is, without bringing it up to date or holding up a service that uses it.

mod embedded;
mod postgres;

use secrecy::ExposeSecret;

use super::Pooling;
use super::versions::newest_schema;
use crate::examination::Examined;
use crate::settings::StoreSettings;

const STORE: &str = "store";
const SCHEMA: &str = "store: schema";
const CLOCK: &str = "store: clock";

/// Looks at the store as it is. Nothing is changed, beyond a trial whether something could be.
pub async fn examine(settings: &StoreSettings, pooling: Pooling) -> Vec<Examined> {
    match settings {
        StoreSettings::Postgres(url) => postgres::examine(url.expose_secret(), pooling).await,
        StoreSettings::Embedded(folder) => embedded::examine(folder).await,
    }
}

/// The schema beside the one that this program knows. `oldest` is the oldest one whose programs can work with it.
fn schema(schema: i64, oldest: i64) -> Examined {
    let ours = newest_schema();
    if ours < oldest {
        let said =
            format!("it is at {schema}, this program knows {ours}, and {oldest} is the least");
        return Examined::failed(SCHEMA, said, "install a newer asyncwarden");
    }
    if schema < ours {
        let said = format!("it is at {schema}, this program's is {ours}");
        let advice =
            "it is brought up to date at the service's next start, or by `asyncwarden migrate`";
        return Examined::warning(SCHEMA, said, advice);
    }
    if schema > ours {
        let said = format!("it is at {schema}, this program knows {ours} and can work with it");
        return Examined::warning(
            SCHEMA,
            said,
            "a newer version was here: end the update of the others",
        );
    }
    Examined::well(SCHEMA, format!("it is at {schema}, as this program's"))
}
