use super::{HeightSurcharge, factor::Factor};
use crate::measure::{Height, Percent};

/// What a storey height adds.
pub(super) enum Surcharge {
    /// Nothing.
    None,
    /// So much.
    Factor(Factor),
    /// A person sets the price.
    Manual,
}

impl HeightSurcharge {
    /// The surcharge of a storey: a started step counts whole.
    pub(super) fn of(&self, height: Height) -> Surcharge {
        if self.manual_above.is_some_and(|limit| height > limit) {
            return Surcharge::Manual;
        }
        let over = height.units() - self.threshold.units();
        // A step of nothing would be endless; such a tariff leaves the price to a person.
        let Some(whole_steps) = over.checked_div(self.step.units()) else {
            return if over > 0 { Surcharge::Manual } else { Surcharge::None };
        };
        if over <= 0 {
            return Surcharge::None;
        }
        let steps = if over % self.step.units() == 0 { whole_steps } else { whole_steps + 1 };
        let reason = format!("层高 {height} m，超过 {} m，每 {} m 加 {} %", self.threshold, self.step, self.percent);
        Surcharge::Factor(Factor {
            figure: format!("{steps} × {} %", self.percent),
            shown: format!("{steps} 档 × {} %（{reason}）", self.percent),
            numerator: steps * self.percent.units(),
            denominator: Percent::WHOLE.units(),
        })
    }
}
