//! Means and quantiles of measured or predicted figures.

/// The standard deviation of a normal distribution over its median absolute deviation.
pub const DEVIATIONS: f64 = 1.4826;

/// Returns the arithmetic mean, or 0 if there are no numbers.
pub fn mean(numbers: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = numbers.fold((0.0, 0.0f64), |(sum, count), number| (sum + number, count + 1.0));
    sum / count.max(1.0)
}

/// Returns the geometric mean of positive numbers, or 1 if there are none.
pub fn geometric_mean(numbers: impl Iterator<Item = f64>) -> f64 {
    mean(numbers.map(f64::ln)).exp()
}

/// Returns the median, or 0 if there are no numbers.
pub fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    quantile(numbers, 0.5)
}

/// Returns the quantile at `share` (from 0 to 1), interpolated linearly between its two neighbours, or 0 if there are
/// no numbers.
pub fn quantile(numbers: impl Iterator<Item = f64>, share: f64) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    let Some(last) = numbers.len().checked_sub(1) else { return 0.0 };
    let place = share * last as f64;
    let (below, above) = (numbers[place as usize], numbers[(place as usize + 1).min(last)]);
    below + (above - below) * place.fract()
}

/// Returns the least of some numbers, each with a weight above zero, that the share `share` of all weight is at or
/// below; 0 if there are no numbers.
pub fn weighted_quantile(numbers: impl Iterator<Item = (f64, f64)>, share: f64) -> f64 {
    let mut numbers: Vec<(f64, f64)> = numbers.collect();
    numbers.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    // A little less, as sums of weights are rounded.
    let mut left = share * numbers.iter().map(|(_, weight)| weight).sum::<f64>() * (1.0 - 1e-9);
    let reaches = |(_, weight): &&(f64, f64)| {
        left -= weight;
        left <= 0.0
    };
    numbers.iter().find(reaches).or(numbers.last()).map_or(0.0, |(number, _)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_and_quantiles() {
        let numbers = || [8.0, 1.0, 1.0, 2.0].into_iter();
        assert_eq!((mean(numbers()), median(numbers()), quantile(numbers(), 1.0)), (3.0, 1.5, 8.0));
        assert!((geometric_mean(numbers()) - 2.0).abs() < 1e-12);
        let weighted = |share| weighted_quantile([(3.0, 1.0), (1.0, 2.0), (2.0, 1.0)].into_iter(), share);
        assert_eq!([0.0, 0.5, 0.6, 1.0].map(weighted), [1.0, 1.0, 2.0, 3.0]);
        let nothing = std::iter::empty;
        assert_eq!((mean(nothing()), geometric_mean(nothing()), median(nothing())), (0.0, 1.0, 0.0));
    }
}
