//! Parts that share bytes: with them, a small file could stand for much.

/// Returns the number of a part that shares bytes with another; `None` if no two do. Empty parts share nothing.
pub(super) fn overlap(parts: &[&[u8]]) -> Option<usize> {
    let mut order: Vec<usize> = (0..parts.len()).filter(|&part| !parts[part].is_empty()).collect();
    order.sort_by_key(|&part| parts[part].as_ptr());
    let pair = order.windows(2).find(|pair| parts[pair[0]].as_ptr_range().end > parts[pair[1]].as_ptr());
    pair.map(|pair| pair[0].max(pair[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_touch_do_not_overlap() {
        let bytes = [0; 10];
        assert_eq!(overlap(&[&bytes[4..7], &bytes[..4], &bytes[7..], &bytes[5..5]]), None);
        assert_eq!(overlap(&[&bytes[4..7], &bytes[..5]]), Some(1));
        assert_eq!(overlap(&[&bytes[..], &bytes[9..], &[1, 2]]), Some(1));
        assert_eq!(overlap(&[]), None);
    }
}
