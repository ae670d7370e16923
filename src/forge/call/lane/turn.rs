//! The turn to write: one writer of an account at a time, in all processes together.

use std::time::{Duration, Instant};

use uuid::Uuid;

use super::{Lane, Terms};
use crate::forge::ForgeError;
use crate::forge::ledger::{Ledger, TurnWanted};

/// How long a call stands in line for the turn to write; then its job goes back to the queue.
const LONGEST_IN_LINE: Duration = Duration::from_secs(30);
/// How often it is asked whose turn it is.
const IN_LINE: Duration = Duration::from_millis(50);

/// What a writing call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// Makes something that people see; it counts against [`Terms::most_per_hour`].
    Creates,
    /// Changes or removes what is there.
    Changes,
}

impl Lane {
    /// Does a write when it is its turn: one writer at a time, and [`Waits::between_writes`](crate::forge::call::Waits::between_writes)
    /// apart.
    ///
    /// # Errors
    /// [`ForgeError::RateLimited`] when the turn is too far off; whatever the write gives.
    pub async fn in_turn<T>(
        &self,
        operation: &'static str,
        write: Write,
        work: impl Future<Output = Result<T, ForgeError>> + Send,
    ) -> Result<T, ForgeError> {
        let turn = self.last_write.lock().await;
        if let Some(last) = *turn {
            let rest = self.terms.waits.between_writes.saturating_sub(last.elapsed());
            if !rest.is_zero() {
                tokio::time::sleep(rest).await;
            }
        }
        let _turn = Turn(turn);
        let Some(ledger) = &self.terms.ledger else { return work.await };
        let holder = Uuid::new_v4();
        self.take_turn(&**ledger, operation, write, holder).await?;
        let done = work.await;
        let rest = self.terms.waits.between_writes;
        if let Err(error) = ledger.end_turn(&self.account, holder, rest).await {
            tracing::warn!(%error, "the turn to write was not given back; it ends by itself");
        }
        done
    }

    /// Stands in line with the other processes.
    async fn take_turn(
        &self,
        ledger: &dyn Ledger,
        operation: &'static str,
        write: Write,
        holder: Uuid,
    ) -> Result<(), ForgeError> {
        let Terms { waits, most_per_hour, .. } = &self.terms;
        let begun = Instant::now();
        loop {
            let wanted = TurnWanted {
                account: &self.account,
                holder,
                lasts: waits.turn,
                most_per_hour: most_per_hour.filter(|_| write == Write::Creates),
            };
            let Some(wait) = ledger.take_turn(wanted).await.map_err(ForgeError::from)? else {
                return Ok(());
            };
            if wait > waits.longest || begun.elapsed() + wait > LONGEST_IN_LINE {
                let forge = self.forge;
                return Err(ForgeError::RateLimited { forge, operation, retry_after: wait });
            }
            tokio::time::sleep(wait.max(IN_LINE)).await;
        }
    }
}

/// The right to write now, in this process.
struct Turn<'a>(tokio::sync::MutexGuard<'a, Option<Instant>>);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0 = Some(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::lane;
    use super::*;
    use crate::forge::call::Waits;

    #[tokio::test]
    async fn writes_keep_their_distance() {
        let distance = Duration::from_millis(20);
        let lane = lane(Waits { between_writes: distance, ..Waits::NONE });
        let start = Instant::now();
        for _ in 0..3 {
            let work = std::future::ready(Ok(()));
            lane.in_turn("write", Write::Creates, work).await.expect("its turn");
        }
        assert!(start.elapsed() >= distance * 2, "{:?}", start.elapsed());
    }
}
