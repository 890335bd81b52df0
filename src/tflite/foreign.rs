//! Files that people mistake for `.tflite` files, recognized by their bytes, each with the way to a `.tflite` file.

/// A file that is not a TensorFlow Lite model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForeignFile {
    /// The kind of file, as the end of a sentence.
    pub what: &'static str,
    /// The way to a TensorFlow Lite model, as an instruction.
    pub remedy: &'static str,
}

/// A kind of file and the test by which it is recognized.
struct KnownFile {
    is_it: fn(&[u8]) -> bool,
    foreign: ForeignFile,
}

const fn row(is_it: fn(&[u8]) -> bool, what: &'static str, remedy: &'static str) -> KnownFile {
    KnownFile { is_it, foreign: ForeignFile { what, remedy } }
}

const FROM_KERAS: &str = "load it with keras.models.load_model, and convert it to int8 with \
    TFLiteConverter.from_keras_model, a representative dataset and TFLITE_BUILTINS_INT8";
const FROM_SAVED_MODEL: &str = "convert its folder to int8 with TFLiteConverter.from_saved_model, a representative dataset \
    and TFLITE_BUILTINS_INT8";
const FROM_GRAPH: &str = "convert it to int8 with tf.compat.v1.lite.TFLiteConverter.from_frozen_graph, a representative \
    dataset and TFLITE_BUILTINS_INT8";
const FROM_ONNX: &str =
    "convert it with onnx2tf -oiqt, and give the NAME_full_integer_quant.tflite that onnx2tf writes";
const FROM_PYTORCH: &str = "export the model to ONNX with torch.onnx.export, convert that with onnx2tf -oiqt, and give the \
    NAME_full_integer_quant.tflite that onnx2tf writes";
const WEIGHTS: &str = "build the model to which these weights belong, and convert it to an int8 .tflite file";
const FETCH: &str =
    "fetch the file itself with git lfs pull, or by the download link of the page that shows it";
const ANNEX: &str = "fetch the file itself with git annex get";
const DOWNLOAD: &str = "download the file itself: the raw link, not the page that shows it";
const UNPACK: &str = "unpack it, and give the .tflite file in it";
const AGAIN: &str = "convert or download the model again";
const GRAPH: &str = "give the .tflite file; a graph that 'respect graph' wrote is taken by 'respect schedule', but not by \
    'respect compile'";
const MODEL: &str = "give a .tflite file";

/// The kinds of files, each before more general ones for which its bytes would be taken.
const ROWS: &[KnownFile] = &[
    row(|bytes| bytes.is_empty(), "an empty file", AGAIN),
    row(
        |bytes| bytes.starts_with(b"\x89HDF\r\n\x1a\n"),
        "a Keras model or weights in HDF5 (.h5)",
        FROM_KERAS,
    ),
    row(|bytes| is_zip(bytes) && names(bytes, b"model.weights.h5"), "a Keras model (.keras)", FROM_KERAS),
    row(
        |bytes| is_zip(bytes) && names(bytes, b"saved_model.pb"),
        "an archive of a SavedModel",
        FROM_SAVED_MODEL,
    ),
    row(|bytes| is_zip(bytes) && names(bytes, b"/data.pkl"), "a PyTorch file", FROM_PYTORCH),
    row(is_zip, "a zip archive", UNPACK),
    row(|bytes| bytes.starts_with(b"\x1f\x8b"), "a file compressed with gzip", UNPACK),
    row(|bytes| bytes.starts_with(b"\xfd7zXZ\0"), "a file compressed with xz", UNPACK),
    row(|bytes| bytes.starts_with(b"\x28\xb5\x2f\xfd"), "a file compressed with zstd", UNPACK),
    row(|bytes| bytes.starts_with(b"BZh"), "a file compressed with bzip2", UNPACK),
    row(|bytes| bytes.starts_with(b"7z\xbc\xaf\x27\x1c"), "a 7z archive", UNPACK),
    row(|bytes| bytes.get(257..262) == Some(b"ustar"), "a tar archive", UNPACK),
    row(
        |bytes| bytes.starts_with(b"version https://git-lfs"),
        "a Git LFS pointer, which stands for a file",
        FETCH,
    ),
    row(is_annex, "a git-annex pointer, which stands for a file", ANNEX),
    row(|bytes| begins(bytes, "<!doctype html") || begins(bytes, "<html"), "a web page", DOWNLOAD),
    row(
        |bytes| begins(bytes, "<?xml"),
        "an XML text, such as an OpenVINO model or a failed download's answer",
        MODEL,
    ),
    row(is_safetensors, "weights in safetensors", WEIGHTS),
    row(|bytes| bytes.starts_with(b"GGUF"), "a language model in GGUF", MODEL),
    row(
        |bytes| bytes.starts_with(b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."),
        "a PyTorch file",
        FROM_PYTORCH,
    ),
    row(|bytes| matches!(bytes, [0x80, 2..=5, ..]), "a Python pickle, such as PyTorch writes", FROM_PYTORCH),
    row(|bytes| bytes.starts_with(b"\x93NUMPY"), "a NumPy array", MODEL),
    row(
        |bytes| matches!(bytes, [8, 1, 0x12, ..]),
        "the graph of a SavedModel (saved_model.pb)",
        FROM_SAVED_MODEL,
    ),
    row(is_onnx, "an ONNX model", FROM_ONNX),
    row(is_frozen_graph, "a frozen TensorFlow graph (.pb)", FROM_GRAPH),
    row(|bytes| begins(bytes, "{"), "a JSON text", GRAPH),
];

const OTHER: ForeignFile = ForeignFile { what: "bytes 4 to 7 are not 'TFL3'", remedy: MODEL };

/// Returns the kind of file that `bytes`, which are not a TensorFlow Lite model, come from.
pub fn foreign(bytes: &[u8]) -> ForeignFile {
    ROWS.iter().find(|row| (row.is_it)(bytes)).map_or(OTHER, |row| row.foreign)
}

/// Returns the kind of model folder at `path`, if there is one.
pub fn folder(path: &std::path::Path) -> Option<ForeignFile> {
    let is_saved_model = ["saved_model.pb", "saved_model.pbtxt"].iter().any(|name| path.join(name).is_file());
    is_saved_model.then_some(ForeignFile { what: "a SavedModel", remedy: FROM_SAVED_MODEL })
}

/// Returns whether a text begins with `start`, ignoring case and leading white space.
fn begins(bytes: &[u8], start: &str) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
}

fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// The number of bytes at the end of an archive, where its list of files is, that are searched for a name.
const DIRECTORY: usize = 1 << 16;

fn names(archive: &[u8], name: &[u8]) -> bool {
    archive[archive.len().saturating_sub(DIRECTORY)..].windows(name.len()).any(|part| part == name)
}

fn is_annex(bytes: &[u8]) -> bool {
    begins(bytes, "/annex/objects/")
}

/// Returns whether the bytes begin like safetensors: the header's length as eight bytes, and then the header as JSON.
fn is_safetensors(bytes: &[u8]) -> bool {
    let length = bytes.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
    length.is_some_and(|length| length < bytes.len() as u64) && bytes.get(8) == Some(&b'{')
}

/// Returns whether the bytes begin like an ONNX model: field 1, a version of the format, as a number; then the producer
/// (2, 3, 4), a version (5), a text (6) or the graph (7).
fn is_onnx(bytes: &[u8]) -> bool {
    matches!(bytes, [8, 3..=0x3f, 0x12 | 0x1a | 0x22 | 0x28 | 0x32 | 0x3a | 0x42, ..])
}

/// Returns whether the bytes begin like a frozen graph: field 1 is a node, whose field 1 is a name.
fn is_frozen_graph(bytes: &[u8]) -> bool {
    let [0x0a, rest @ ..] = bytes else { return false };
    let length_bytes = rest.iter().take(9).take_while(|&&byte| byte >= 0x80).count() + 1;
    rest.get(length_bytes) == Some(&0x0a)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(name: &str) -> Vec<u8> {
        [b"PK\x03\x04".as_slice(), &[0; 26], b"PK\x01\x02", &[0; 42], name.as_bytes(), &[0; 22]].concat()
    }

    #[test]
    fn every_kind_is_recognized_by_its_bytes() {
        let tar = [vec![0; 257], b"ustar\x0000".to_vec()].concat();
        let safetensors = [8u64.to_le_bytes().as_slice(), b"{\"a\":{}}", &[0; 4]].concat();
        let cases: &[(&[u8], &str)] = &[
            (b"", "an empty file"),
            (b"\x89HDF\r\n\x1a\n\0\0", "HDF5"),
            (&archive("model.weights.h5"), ".keras"),
            (&archive("model/saved_model.pb"), "archive of a SavedModel"),
            (&archive("model/data.pkl"), "PyTorch"),
            (&archive("model.tflite"), "zip"),
            (b"\x1f\x8b\x08\0", "gzip"),
            (b"\xfd7zXZ\0\0", "xz"),
            (b"\x28\xb5\x2f\xfd\0", "zstd"),
            (b"BZh91AY", "bzip2"),
            (b"7z\xbc\xaf\x27\x1c\0", "7z"),
            (&tar, "tar"),
            (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS pointer"),
            (b"/annex/objects/SHA256E-s9--0.tflite\n", "git-annex"),
            (b"\n <!DOCTYPE HTML><html>", "web page"),
            (b"\xef\xbb\xbf<html lang=\"en\">", "web page"),
            (b"<?xml version=\"1.0\"?>", "XML"),
            (&safetensors, "safetensors"),
            (b"GGUF\x03\0\0\0", "GGUF"),
            (b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.", "a PyTorch file"),
            (b"\x80\x04\x95\0", "pickle"),
            (b"\x93NUMPY\x01\0", "NumPy"),
            (b"\x08\x01\x12\x90\x01\x0a", "saved_model.pb"),
            (b"\x08\x08\x12\x07pytorch", "ONNX"),
            (b"\x08\x07:\xff\x01\x0a", "ONNX"),
            (b"\x0a\x1c\x0a\x05input\x12\x0bPlaceholder", "frozen TensorFlow graph"),
            (b"\x0a\x9c\x01\x0a\x05input\x12\x0bPlaceholder", "frozen TensorFlow graph"),
            (b"{\"format\": \"graph-model\"}", "JSON"),
        ];
        for (bytes, what) in cases {
            let foreign = foreign(bytes);
            assert!(foreign.what.contains(what), "{what}: {foreign:?}");
        }
        let told = |row: &KnownFile| cases.iter().any(|(bytes, _)| foreign(bytes) == row.foreign);
        assert!(ROWS.iter().all(told), "a kind has no case");
        assert_eq!([foreign(b"hello, I am a text"), foreign(b"TFL")], [OTHER; 2]);
    }

    #[test]
    fn no_bytes_are_too_short_to_be_asked() {
        for row in 0..=255 {
            for length in 0..12 {
                foreign(&vec![row; length]);
            }
        }
        foreign(b"PK\x03\x04");
        foreign(b"\x0a");
        foreign(b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff");
    }

    #[test]
    fn a_saved_model_is_a_folder() {
        let scratch = tempfile::tempdir().unwrap();
        assert_eq!(folder(scratch.path()), None);
        std::fs::write(scratch.path().join("saved_model.pb"), b"\x08\x01").unwrap();
        assert_eq!(folder(scratch.path()).unwrap().what, "a SavedModel");
    }
}
