//! How sure the figures of a device are, and how far off the model is that they are for.

use nalgebra::{DMatrix, DVector, SymmetricEigen};
use serde::{Deserialize, Serialize};

/// The largest relative standard deviation: of a figure that is known within a factor of seven or so.
pub(crate) const MOST: f64 = 1.0;
/// The least that the smallest eigenvalue of a correlation matrix may be: rounding makes it a little less than zero.
const ROUNDING: f64 = -0.05;
/// The most steps of finding eigenvalues: far more than any matrix takes.
const MOST_STEPS: usize = 100_000;

/// The uncertainty of a device's figures, and of times that are predicted from them.
///
/// Figures are taken to be log-normal: their logarithms have a normal distribution around that of the figure, so that
/// none comes out below zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uncertainty {
    /// The relative standard deviation of what the model leaves out of a network's time, the same in all its stages.
    pub network: f64,
    /// The relative standard deviation of what the model leaves out of a stage's time beside that.
    pub stage: f64,
    /// The names of the figures that are uncertain.
    pub figures: Vec<String>,
    /// The relative standard deviation of each of `figures`.
    pub relative: Vec<f64>,
    /// The correlation of each of `figures` with those before it and with itself.
    pub correlation: Vec<Vec<f64>>,
}

impl Uncertainty {
    /// Returns the uncertainty with the covariances `covariance` of the logarithms of `figures`, of which those without
    /// a variance are left out.
    pub(crate) fn of(network: f64, stage: f64, figures: &[&str], covariance: &DMatrix<f64>) -> Uncertainty {
        let deviation = |place: usize| covariance[(place, place)].max(0.0).sqrt();
        let kept: Vec<usize> = (0..figures.len()).filter(|&place| deviation(place) > 0.0).collect();
        let correlation = |a: usize, b: usize| {
            let share = covariance[(a, b)] / (deviation(a) * deviation(b));
            if a == b { 1.0 } else { rounded(share.clamp(-1.0, 1.0)) }
        };
        Uncertainty {
            network: rounded(network.min(MOST)),
            stage: rounded(stage.min(MOST)),
            figures: kept.iter().map(|&place| figures[place].to_string()).collect(),
            relative: kept.iter().map(|&place| rounded(deviation(place).min(MOST))).collect(),
            correlation: (0..kept.len())
                .map(|row| kept[..=row].iter().map(|&column| correlation(kept[row], column)).collect())
                .collect(),
        }
    }

    /// Returns a message about the first thing that is wrong; `known` are the names of a device's figures.
    pub(super) fn check(&self, known: &[&str]) -> Result<(), String> {
        for (name, value) in [("network", self.network), ("stage", self.stage)]
            .into_iter()
            .chain(self.relative.iter().map(|relative| ("relative", *relative)))
        {
            if !(0.0..=MOST).contains(&value) {
                return Err(format!("uncertainty.{name} = {value}: give a number from 0 to {MOST}"));
            }
        }
        for (place, figure) in self.figures.iter().enumerate() {
            if !known.contains(&figure.as_str()) {
                return Err(format!(
                    "uncertainty.figures: there is no figure '{figure}': use {}",
                    known.join(", ")
                ));
            }
            if self.figures[..place].contains(figure) {
                return Err(format!("uncertainty.figures: '{figure}' is named twice: name it once"));
            }
        }
        let count = self.figures.len();
        if self.relative.len() != count || self.correlation.len() != count {
            return Err(format!(
                "uncertainty: {count} figures, {} relative deviations and {} rows of correlations: give one of each for \
                 every figure",
                self.relative.len(),
                self.correlation.len()
            ));
        }
        for (place, row) in self.correlation.iter().enumerate() {
            let is_row = row.len() == place + 1 && row[place] == 1.0;
            if !is_row || row.iter().any(|share| !(-1.0..=1.0).contains(share)) {
                return Err(format!(
                    "uncertainty.correlation: row {} is no correlation of '{}': give {} numbers from -1 to 1, the last 1",
                    place + 1,
                    self.figures[place],
                    place + 1
                ));
            }
        }
        let impossible = "uncertainty.correlation: no figures are correlated like that: the matrix has an eigenvalue \
                          below 0";
        self.factor().map(|_| ()).ok_or_else(|| impossible.into())
    }

    /// Returns the table of a device file.
    pub(super) fn to_toml(&self) -> String {
        let row = |row: &Vec<f64>| format!("  {row:?},\n");
        format!(
            "\n[uncertainty]\nnetwork = {:?}\nstage = {:?}\nfigures = {:?}\nrelative = {:?}\ncorrelation = [\n{}]\n",
            self.network,
            self.stage,
            self.figures,
            self.relative,
            self.correlation.iter().map(row).collect::<String>()
        )
    }

    /// Returns a matrix that makes of independent standard normal numbers the logarithms of factors on the figures;
    /// `None` if the correlations are impossible.
    ///
    /// Complexity: cubic in the figures.
    pub(super) fn factor(&self) -> Option<DMatrix<f64>> {
        let count = self.figures.len();
        if count == 0 {
            return Some(DMatrix::zeros(0, 0));
        }
        let entry = |a: usize, b: usize| self.correlation[a.max(b)][a.min(b)];
        let correlation = DMatrix::from_fn(count, count, entry);
        let parts = SymmetricEigen::try_new(correlation, f64::EPSILON, MOST_STEPS)?;
        if parts.eigenvalues.min() < ROUNDING {
            return None;
        }
        let roots = DMatrix::from_diagonal(&parts.eigenvalues.map(|value| value.max(0.0).sqrt()));
        let mut factor = parts.eigenvectors * roots;
        for (mut row, relative) in factor.row_iter_mut().zip(&self.relative) {
            // What rounding added or took away.
            let length = row.norm();
            row *= relative / length;
        }
        Some(factor)
    }
}

/// Returns a number with as many digits as device files write.
fn rounded(number: f64) -> f64 {
    (number * 1e4).round() / 1e4
}

/// The draws of a device: the figures that it may have in truth.
#[derive(Clone, Debug)]
pub struct Draws {
    figures: Vec<String>,
    factor: DMatrix<f64>,
}

impl Draws {
    /// Returns the draws of a device with this uncertainty; `None` if its correlations are impossible, as those of a
    /// device that was checked are not.
    pub(super) fn of(uncertainty: &Uncertainty) -> Option<Draws> {
        Some(Draws { figures: uncertainty.figures.clone(), factor: uncertainty.factor()? })
    }

    /// Returns the number of independent standard normal numbers that one draw takes.
    pub fn numbers(&self) -> usize {
        self.figures.len()
    }

    /// Returns the figures' names, each with the factor on it that `normal`, independent standard normal numbers,
    /// make.
    pub(super) fn factors<'d>(&'d self, normal: &[f64]) -> impl Iterator<Item = (&'d str, f64)> {
        let logs = &self.factor * DVector::from_column_slice(normal);
        let logs: Vec<f64> = logs.iter().copied().collect();
        self.figures.iter().map(String::as_str).zip(logs.into_iter().map(f64::exp))
    }
}

#[cfg(test)]
mod tests {
    use super::super::EdgeTpu;
    use super::*;

    const FILE: &str = "resend = 1.02\n[uncertainty]\nnetwork = 0.1\nstage = 0.05\n\
                        figures = ['invoke_us', 'us_per_gmac', 'resend']\nrelative = [0.2, 0.1, 0.4]\n\
                        correlation = [[1], [0.5, 1], [0.0, -0.3, 1]]\n";

    fn read(text: &str) -> Result<EdgeTpu, String> {
        EdgeTpu::from_toml(text, "x")
    }

    #[test]
    fn draws_have_the_stated_deviations() {
        let device = read(FILE).unwrap();
        let draws = device.draws().unwrap();
        // One draw along each axis: the squares add up to the variances.
        let mut sums = [0.0; 3];
        let logs = |drawn: &EdgeTpu| {
            [drawn.invoke_us / device.invoke_us, drawn.us_per_gmac / device.us_per_gmac].map(f64::ln)
        };
        for axis in 0..draws.numbers() {
            let normal: Vec<f64> = (0..draws.numbers()).map(|place| f64::from(place == axis)).collect();
            let [invoke, gmac] = logs(&device.drawn(&draws, &normal));
            sums = [sums[0] + invoke * invoke, sums[1] + gmac * gmac, sums[2] + invoke * gmac];
        }
        for (sum, expected) in sums.into_iter().zip([0.04, 0.01, 0.5 * 0.2 * 0.1]) {
            assert!((sum - expected).abs() < 1e-6, "{sums:?}");
        }
        let far = device.drawn(&draws, &[9.0, -9.0, 9.0]);
        assert_eq!(far.clone().checked(), Ok(far.clone()), "every figure stays in its range");
        assert!(far.uncertainty.is_none() && far.cache_bytes == device.cache_bytes);
        assert_eq!(device.drawn(&draws, &[0.0; 3]), EdgeTpu { uncertainty: None, ..device.clone() });
    }

    #[test]
    fn a_table_is_checked() {
        for (from, to, part) in [
            ("0.05", "-0.05", "stage"),
            ("0.05", "nan", "stage"),
            ("'resend'", "'resent'", "no figure 'resent'"),
            ("'resend'", "'invoke_us'", "twice"),
            (", 0.4", "", "3 figures, 2 relative"),
            (", 0.4", ", 4", "from 0 to 1"),
            ("-0.3", "-1.3", "row 3"),
            ("[0.5, 1]", "[0.5]", "row 2"),
            ("[0.5, 1], [0.0, -0.3, 1]", "[-1, 1], [1, 1, 1]", "eigenvalue"),
            ("stage", "stages", "stages"),
        ] {
            let why = read(&FILE.replace(from, to)).unwrap_err();
            assert!(why.contains(part), "{from} {to}: {why}");
        }
        let none = EdgeTpu::from_toml("base = 'usb3'\n", "x").unwrap();
        assert!(none.draws().is_none(), "how sure the figures of the base are says nothing of others");
    }

    #[test]
    fn a_table_reads_back() {
        let device = read(FILE).unwrap();
        assert_eq!(read(&device.to_toml(|_| None)).unwrap().uncertainty, device.uncertainty);
        let covariance = DMatrix::from_row_slice(3, 3, &[0.04, 0.0, 0.01, 0.0, 0.0, 0.0, 0.01, 0.0, 0.01]);
        let made = Uncertainty::of(0.12345, 0.05, &["invoke_us", "cache_bytes", "us_per_gmac"], &covariance);
        assert_eq!(made.figures, ["invoke_us", "us_per_gmac"]);
        assert_eq!((made.network, &made.relative[..]), (0.1235, &[0.2, 0.1][..]));
        assert_eq!(made.correlation, [vec![1.0], vec![0.5, 1.0]]);
    }
}
