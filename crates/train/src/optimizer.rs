//! The optimizer Adam (Kingma and Ba 2015), whose state can be kept and restored.

use tch::Tensor;

const BETA: (f64, f64) = (0.9, 0.999);
const EPSILON: f64 = 1e-8;

/// The first and second moments of every parameter.
pub(crate) struct Adam {
    pub first: Vec<Tensor>,
    pub second: Vec<Tensor>,
}

impl Adam {
    /// Returns the moments of parameters before the first step: zeros.
    pub fn new(parameters: &[Tensor]) -> Adam {
        let zeros = || parameters.iter().map(|parameter| parameter.detach().zeros_like()).collect();
        Adam { first: zeros(), second: zeros() }
    }

    /// Moves the parameters against their gradients. The norm of all gradients together is first clipped to `clip`;
    /// `step` counts from 1.
    pub fn step(&mut self, parameters: &mut [Tensor], step: u64, rate: f64, clip: f64) {
        tch::no_grad(|| {
            let gradients: Vec<Tensor> = parameters.iter().map(Tensor::grad).collect();
            let norms: Vec<Tensor> = gradients.iter().map(|gradient| gradient.square().sum(None)).collect();
            let norm = Tensor::stack(&norms, 0).sum(None).sqrt().double_value(&[]);
            let scale = (clip / (norm + 1e-6)).min(1.0);
            let correct = |beta: f64| 1.0 - beta.powi(i32::try_from(step).unwrap_or(i32::MAX));
            let (first_share, second_share) = (correct(BETA.0), correct(BETA.1));
            for (place, parameter) in parameters.iter_mut().enumerate() {
                let gradient = &gradients[place] * scale;
                let (first, second) = (&mut self.first[place], &mut self.second[place]);
                let _ = first.lerp_(&gradient, 1.0 - BETA.0);
                let _ = second.lerp_(&gradient.square(), 1.0 - BETA.1);
                let step = &*first / first_share / ((&*second / second_share).sqrt() + EPSILON) * rate;
                let _ = parameter.subtract_(&step);
                parameter.zero_grad();
            }
        });
    }
}
