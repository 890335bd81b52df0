//! The networks that may be measured: chains of layers of one or two kinds, by a grid of sizes.

use crate::calibrate::PROBE;
use Layer::{Add, Concatenate, Convolution, Dense, Depthwise, Pool};

/// A layer of a chain. It reads the value before it, and makes one with the same height and width if its stride is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    /// A fully connected layer of so many units.
    Dense(i32),
    /// A convolution.
    Convolution { window: i32, stride: i32, channels: i32 },
    /// A depthwise convolution of 3x3 places.
    Depthwise { stride: i32 },
    /// The sum of the value before and the one before that, which has the same shape.
    Add,
    /// Both values side by side: a dense block has one after each convolution.
    Concatenate,
    /// The maxima of 3x3 places around each place.
    Pool,
}

/// A network that may be measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Network {
    /// The name, which is that of the file without its ending.
    pub name: String,
    /// The dimensions of the input, without the batch.
    pub input: Vec<i32>,
    pub layers: Vec<Layer>,
}

/// The kernels' usual window, and that of layers which mix channels alone.
pub(super) const WINDOW: i32 = 3;
const POINT: i32 = 1;
/// The channels of inputs and outputs that should not take time.
const FEW_CHANNELS: i32 = 4;
/// The stride of the layers that make a value small before it leaves the device.
const SHRINKING: i32 = 4;
/// The most places of an output, height times width, that need not be made smaller.
const SMALL: i32 = 64;
/// The channels that each convolution of a dense block adds.
const GROWTH: i32 = 16;

/// Returns the side of a layer's result, of that of its input.
pub(super) fn smaller(side: i32, stride: i32) -> i32 {
    (side + stride - 1) / stride
}

/// The sizes of a family: height (which is also the width, and 1 in dense layers), channels, and numbers of layers.
type Sizes = &'static [(i32, i32, &'static [usize])];

/// A family of networks: the name, the layers, and sizes. Each price of a device is as large a part of some network's time
/// as it gets, while values stay small enough for the memory of the tiles.
struct Family {
    name: &'static str,
    network: fn(&Chain) -> Network,
    sizes: Sizes,
}

/// The sizes of one network.
struct Chain {
    name: String,
    side: i32,
    channels: i32,
    count: usize,
}

impl Chain {
    fn input(&self, channels: i32) -> Vec<i32> {
        vec![self.side, self.side, channels]
    }

    /// Returns a network that begins with `first`, repeats `block`, and makes its result small.
    fn repeating(&self, input: Vec<i32>, first: &[Layer], block: &[Layer], last: Layer) -> Network {
        let mut layers = [first, &block.repeat(self.count)].concat();
        let mut side = self.side;
        while side * side > SMALL {
            layers.push(last);
            side = smaller(side, SHRINKING);
        }
        Network { name: self.name.clone(), input, layers }
    }

    /// Returns a convolution with all channels.
    fn convolution(&self, window: i32) -> Layer {
        Convolution { window, stride: 1, channels: self.channels }
    }
}

const SHRINK: Layer = Convolution { window: WINDOW, stride: SHRINKING, channels: GROWTH };

const FAMILIES: [Family; 10] = [
    // On-chip: what an invocation takes, and what bringing weights into the array does. Beyond the cache: streaming.
    Family {
        name: "dense",
        network: |chain| Network {
            name: chain.name.clone(),
            input: vec![chain.channels],
            layers: vec![Dense(chain.channels); chain.count],
        },
        sizes: &[
            (1, 64, &[1, 2, 4]),
            (1, 256, &[1, 4, 16]),
            (1, 512, &[2, 6, 12, 24, 28]),
            (1, 1024, &[1, 3, 5, 6, 7, 9, 10, 12]),
            (1, 1920, &[1, 2, 3]),
            (1, 2048, &[1, 3]),
            (1, 2752, &[1]),
        ],
    },
    // Of few places: parameters that are sent once. Of many: multiplication, and parameters that are sent again.
    Family {
        name: "conv",
        network: |chain| {
            let first = [chain.convolution(POINT)];
            chain.repeating(chain.input(FEW_CHANNELS), &first, &[chain.convolution(WINDOW)], SHRINK)
        },
        sizes: &[
            (8, 64, &[4, 16, 48]),
            (8, 256, &[4, 12, 15, 16, 20]),
            (16, 128, &[4, 16, 32]),
            (32, 64, &[4, 16, 48]),
            (32, 128, &[4, 16, 32]),
            (33, 256, &[13, 15, 16, 17, 20]),
            (36, 512, &[3, 4, 5]),
            (40, 256, &[14, 15, 18, 20]),
            (64, 64, &[4, 8, 16, 24]),
        ],
    },
    // One depthwise layer spreads all others by places.
    Family {
        name: "spread",
        network: |chain| {
            let first = [Depthwise { stride: 1 }, chain.convolution(POINT)];
            chain.repeating(chain.input(FEW_CHANNELS), &first, &[chain.convolution(WINDOW)], SHRINK)
        },
        sizes: &[
            (16, 128, &[4, 16, 32]),
            (32, 64, &[4, 16, 48]),
            (32, 128, &[4, 16]),
            (64, 64, &[2, 4, 8, 16]),
        ],
    },
    Family {
        name: "point",
        network: |chain| {
            let first = [Depthwise { stride: 1 }];
            chain.repeating(chain.input(FEW_CHANNELS), &first, &[chain.convolution(POINT)], SHRINK)
        },
        sizes: &[(16, 256, &[8, 32]), (32, 256, &[8, 16, 32]), (64, 64, &[8, 32])],
    },
    Family {
        name: "depthwise",
        network: |chain| {
            let first = [chain.convolution(POINT)];
            let last = Depthwise { stride: SHRINKING };
            chain.repeating(chain.input(FEW_CHANNELS), &first, &[Depthwise { stride: 1 }], last)
        },
        sizes: &[
            (16, 64, &[8, 32]),
            (32, 64, &[8, 24, 48]),
            (32, 128, &[8, 24, 48]),
            (32, 256, &[12, 24, 48]),
            (64, 32, &[8, 24, 48]),
            (64, 64, &[8, 24, 48]),
        ],
    },
    // Tiny values: the time of each operation. Large ones: the time of the values.
    Family {
        name: "add",
        network: |chain| {
            let first = [chain.convolution(POINT), chain.convolution(POINT)];
            chain.repeating(chain.input(FEW_CHANNELS), &first, &[Add], SHRINK)
        },
        sizes: &[
            (4, 16, &[4, 16, 48]),
            (16, 64, &[8, 32]),
            (32, 128, &[8, 32]),
            (64, 128, &[8, 16, 32, 48]),
            (64, 256, &[8, 16, 32, 48]),
        ],
    },
    Family {
        name: "pool",
        network: |chain| {
            chain.repeating(chain.input(FEW_CHANNELS), &[chain.convolution(POINT)], &[Pool], SHRINK)
        },
        sizes: &[(4, 16, &[16, 48]), (64, 128, &[8, 32]), (64, 256, &[8, 16, 32, 48])],
    },
    Family {
        name: "concatenation",
        network: |chain| {
            let first = [chain.convolution(POINT)];
            let growing = Convolution { window: POINT, stride: 1, channels: GROWTH };
            chain.repeating(chain.input(FEW_CHANNELS), &first, &[growing, Concatenate], SHRINK)
        },
        sizes: &[(4, 16, &[16, 40]), (16, 64, &[8, 24]), (32, 64, &[8, 24]), (64, 64, &[4, 12])],
    },
    // Layers that take little time make values large or small: what counts is how much comes in, or goes out.
    Family {
        name: "input",
        network: |chain| chain.repeating(chain.input(chain.channels), &[], &[], SHRINK),
        sizes: &[
            (64, 16, &[1]),
            (64, 64, &[1]),
            (128, 16, &[1]),
            (128, 32, &[1]),
            (128, 64, &[1]),
            (256, 4, &[1]),
            (256, 16, &[1]),
        ],
    },
    Family {
        name: "output",
        network: |chain| Network {
            name: chain.name.clone(),
            input: chain.input(FEW_CHANNELS),
            layers: vec![chain.convolution(POINT)],
        },
        sizes: &[
            (16, 128, &[1]),
            (16, 512, &[1]),
            (32, 128, &[1]),
            (32, 256, &[1]),
            (32, 512, &[1]),
            (32, 1024, &[1]),
            (64, 128, &[1]),
        ],
    },
];

/// Returns the networks that may be measured.
pub(super) fn grid() -> Vec<Network> {
    let of_family = |family: &Family| {
        let network = |side, channels, count| {
            let name = format!("{PROBE}{}_{side}x{side}x{channels}_n{count}", family.name);
            (family.network)(&Chain { name, side, channels, count })
        };
        let all = family
            .sizes
            .iter()
            .flat_map(|&(side, channels, counts)| counts.iter().map(move |&count| (side, channels, count)));
        all.map(|(side, channels, count)| network(side, channels, count)).collect::<Vec<_>>()
    };
    FAMILIES.iter().flat_map(of_family).collect()
}
