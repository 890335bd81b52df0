//! The arithmetic of the policy's network, down to the last bit.
//!
//! Every sum runs in one fixed order and nothing is fused, so that the plain Rust here, the code that the `jit` makes, and
//! any processor give the same bits, whatever the width of their vectors: the same model then gets the same schedule
//! everywhere. Weights lie input-major: an output's terms are added input by input, and vectors run over outputs.

/// The number of lanes of which vectors and their scratch space are multiples.
pub const LANES: usize = 16;

/// Computes `y += x W`, where `W` has a row of `y.len()` weights for each number of `x`.
pub fn accumulate(y: &mut [f32], x: &[f32], w: &[f32]) {
    let (y, _) = y.as_chunks_mut::<LANES>();
    let (w, _) = w.as_chunks::<LANES>();
    let blocks = y.len();
    debug_assert_eq!(w.len(), x.len() * blocks);
    for (block, y) in y.iter_mut().enumerate() {
        let mut sums = *y;
        for (input, &x) in x.iter().enumerate() {
            let row = &w[input * blocks + block];
            for lane in 0..LANES {
                sums[lane] += row[lane] * x;
            }
        }
        *y = sums;
    }
}

/// Returns the sum of `a[i] b[i]`: 16 sums side by side, then halves added to halves.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    debug_assert!(a.len() == b.len() && a.len().is_multiple_of(LANES));
    let mut sums = [0f32; LANES];
    for (a, b) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let mut width = LANES;
    while width > 1 {
        width /= 2;
        for lane in 0..width {
            sums[lane] += sums[lane + width];
        }
    }
    sums[0]
}

/// The coefficients of the numerator of [`tanh`], lowest power first; [`TANH_EVEN`] holds those of the denominator. It
/// is the rational approximation of the Eigen library (`ptanh_float`), which is within a few units in the last place.
pub const TANH_ODD: [f32; 7] = [
    4.893_524_6e-3,
    6.372_619_3e-4,
    1.485_722_4e-5,
    5.122_297_1e-8,
    -8.604_672e-11,
    2.000_188e-13,
    -2.760_768_5e-16,
];
/// The coefficients of the denominator of [`tanh`], lowest power first, see [`TANH_ODD`].
pub const TANH_EVEN: [f32; 4] = [4.893_525e-3, 2.268_434_6e-3, 1.185_347_1e-4, 1.198_258_4e-6];
/// The bound beyond which the approximation is 1 in single precision.
pub const TANH_CLAMP: f32 = 7.905_311;

/// Returns the hyperbolic tangent of `x`.
pub fn tanh(x: f32) -> f32 {
    let x = if x > TANH_CLAMP { TANH_CLAMP } else { x };
    let x = if x < -TANH_CLAMP { -TANH_CLAMP } else { x };
    let square = x * x;
    let polynomial = |terms: &[f32]| {
        let (last, rest) = terms.split_last().expect("a polynomial has terms");
        rest.iter().rev().fold(*last, |sum, term| sum * square + term)
    };
    x * polynomial(&TANH_ODD) / polynomial(&TANH_EVEN)
}

/// Returns the logistic function of `x`, by [`tanh`].
pub fn sigmoid(x: f32) -> f32 {
    tanh(x * 0.5) * 0.5 + 0.5
}

/// The coefficients of 2^r for r in [-0.5, 0.5], lowest power first: ln(2)^k / k!.
pub const EXP2: [f32; 7] =
    [1.0, std::f32::consts::LN_2, 0.240_226_5, 5.550_411e-2, 9.618_129e-3, 1.333_355_8e-3, 1.540_353e-4];

/// Returns the exponential function of `x`, which is in the range of a clipped logit, [-80, 80].
pub fn exp(x: f32) -> f32 {
    let x = x * std::f32::consts::LOG2_E;
    let whole = (x + 0.5).floor();
    let rest = x - whole;
    let (last, terms) = EXP2.split_last().expect("a polynomial has terms");
    let part = terms.iter().rev().fold(*last, |sum, term| sum * rest + term);
    part * f32::from_bits(((whole as i32 + 127) as u32) << 23)
}

/// Returns a stand-in for the binary logarithm of a positive number: exact at powers of two, straight between them.
/// Unlike the real one it gives the same bits on every machine.
pub fn log2(x: f32) -> f32 {
    let bits = x.to_bits();
    (bits >> 23) as f32 - 127.0 + (f32::from_bits(bits & 0x007f_ffff | 0x3f80_0000) - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_close_to_the_real_ones() {
        for step in -40_000..=40_000 {
            let x = step as f32 * 1e-3;
            let real = f64::from(x);
            assert!((f64::from(tanh(x)) - real.tanh()).abs() < 5e-7, "tanh {x}");
            assert!((f64::from(sigmoid(x)) - 1.0 / (1.0 + (-real).exp())).abs() < 5e-7, "sigmoid {x}");
            assert!((f64::from(exp(x)) / real.exp() - 1.0).abs() < 5e-6, "exp {x}");
        }
        for power in -20..20 {
            assert_eq!(log2((power as f32).exp2()), power as f32);
        }
        assert_eq!(log2(3.0), 1.5);
    }

    #[test]
    fn sums_are_those_of_the_definition() {
        let value = |seed: usize| ((seed * 2_654_435_761) % 1000) as f32 / 500.0 - 1.0;
        let (x, w): (Vec<f32>, Vec<f32>) = ((0..5).map(value).collect(), (0..160).map(value).collect());
        let mut y = vec![0.25; 32];
        accumulate(&mut y, &x, &w);
        for (output, &y) in y.iter().enumerate() {
            let expected = (0..5).fold(0.25, |sum, input| sum + w[input * 32 + output] * x[input]);
            assert_eq!(y.to_bits(), expected.to_bits());
        }
        assert_eq!(dot(&w[..32], &[1.0; 32]), {
            let pair = |i: usize| w[i] + w[i + 16];
            let quarter = |i: usize| (pair(i) + pair(i + 8)) + (pair(i + 4) + pair(i + 12));
            (quarter(0) + quarter(2)) + (quarter(1) + quarter(3))
        });
    }
}
