//! Work for the processor: password hashing and keys, compression and archives, images and media, arrays and data frames,
//! machine learning.
//!
//! Functions that let go of the interpreter's lock while they compute (most of C) have [`Tag::ReleasesGil`]: threads are a
//! fine place for them. The others need another process.

use super::Groups;
use crate::python::library::*;

/// Computes in Python, or in C with the interpreter's lock held.
const PYTHON: Fact<'static> = blocking(Blocks::Cpu);
/// Computes in C with the interpreter's lock released.
const NATIVE: Fact<'static> = PYTHON.tags(&[Tag::ReleasesGil]);
const IMAGE: Fact<'static> = NATIVE.gives("PIL.Image.Image");
const FRAME: Fact<'static> = PYTHON.gives("pandas.DataFrame");
const READ: Fact<'static> = NATIVE.gives("pandas.DataFrame");
const ESTIMATOR: Fact<'static> = class().bases(&["sklearn.base.BaseEstimator"]);
const MODEL: Fact<'static> = class().bases(&["keras.Model"]);

pub(super) const FACTS: Groups = facts! {
    // Passwords and keys.
    "bcrypt" { hashpw checkpw kdf: NATIVE; gensalt: function(); }
    "argon2" { PasswordHasher: class(); hash_password verify_password: NATIVE; }
    "argon2.PasswordHasher" { hash verify: NATIVE; check_needs_rehash: function(); }
    "argon2.low_level" { hash_secret hash_secret_raw verify_secret: NATIVE; }
    "passlib.context" { CryptContext: class(); }
    "passlib.context.CryptContext" { hash verify verify_and_update encrypt: NATIVE; needs_update identify: function(); }
    "passlib.ifc" { PasswordHash: class(); }
    "passlib.ifc.PasswordHash" { hash verify encrypt genhash: NATIVE; }
    "passlib.hash" { bcrypt bcrypt_sha256 argon2 scrypt pbkdf2_sha256 pbkdf2_sha512 sha256_crypt sha512_crypt: class().bases(&["passlib.ifc.PasswordHash"]); }
    "pwdlib" { PasswordHash: class(); }
    "pwdlib.PasswordHash" { hash verify verify_and_update: NATIVE; recommended: function().gives("pwdlib.PasswordHash"); }
    "werkzeug.security" { generate_password_hash check_password_hash: NATIVE; }
    "flask_bcrypt" { generate_password_hash check_password_hash: NATIVE; Bcrypt: class(); }
    "flask_bcrypt.Bcrypt" { generate_password_hash check_password_hash: NATIVE; }
    "django.contrib.auth.hashers" { make_password check_password: NATIVE; acheck_password: coroutine(); }
    "nacl.pwhash" { str verify: NATIVE; }
    "nacl.pwhash.argon2id" { kdf str verify: NATIVE; }
    "hashlib" {
        pbkdf2_hmac scrypt: NATIVE;
        file_digest: blocking(Blocks::File).instead("`asyncio.to_thread`");
        md5 sha1 sha224 sha256 sha384 sha512 sha3_256 sha3_512 blake2b blake2s new: function();
    }
    "crypt" { crypt: PYTHON; }
    "cryptography.hazmat.primitives.asymmetric.rsa" { generate_private_key: NATIVE; }
    "cryptography.hazmat.primitives.asymmetric.dsa" { generate_private_key: NATIVE; }
    "cryptography.hazmat.primitives.asymmetric.dh" { generate_parameters: NATIVE; }
    "cryptography.hazmat.primitives.kdf.pbkdf2" { PBKDF2HMAC: class(); }
    "cryptography.hazmat.primitives.kdf.pbkdf2.PBKDF2HMAC" { derive verify: NATIVE; }
    "cryptography.hazmat.primitives.kdf.scrypt" { Scrypt: class(); }
    "cryptography.hazmat.primitives.kdf.scrypt.Scrypt" { derive verify: NATIVE; }
    "cryptography.hazmat.primitives.kdf.argon2" { Argon2id: class(); }
    "cryptography.hazmat.primitives.kdf.argon2.Argon2id" { derive verify: NATIVE; }
    "Crypto.PublicKey.RSA" { generate: PYTHON; }
    "Crypto.Protocol.KDF" { PBKDF2 scrypt bcrypt: PYTHON; }
    "Cryptodome.PublicKey.RSA" { generate: PYTHON; }
    "Cryptodome.Protocol.KDF" { PBKDF2 scrypt bcrypt: PYTHON; }
    // Compression.
    "zlib" { compress decompress: NATIVE; compressobj decompressobj crc32 adler32: function(); }
    "gzip" { compress decompress: NATIVE; }
    "bz2" { compress decompress: NATIVE; }
    "lzma" { compress decompress: NATIVE; }
    "brotli" { compress decompress: NATIVE; }
    "zstandard" { compress decompress: NATIVE; ZstdCompressor ZstdDecompressor: class(); }
    "zstandard.ZstdCompressor" { compress copy_stream multi_compress_to_buffer: NATIVE; }
    "zstandard.ZstdDecompressor" { decompress copy_stream multi_decompress_to_buffer: NATIVE; }
    "lz4.frame" { compress decompress: NATIVE; }
    "snappy" { compress decompress uncompress: NATIVE; }
    // Images and media.
    "PIL.Image" {
        open: function().gives("PIL.Image.Image");
        Image: class();
        new frombytes frombuffer fromarray: function().gives("PIL.Image.Image");
        alpha_composite blend composite merge effect_mandelbrot: IMAGE;
    }
    "PIL.Image.Image" {
        resize convert rotate filter transform quantize reduce effect_spread remap_palette transpose: IMAGE;
        copy crop: function().gives("PIL.Image.Image");
        thumbnail save load paste draft tobytes alpha_composite histogram entropy getcolors: NATIVE;
        close getbands getbbox getpixel putpixel info seek tell verify show: function();
    }
    "PIL.ImageOps" { fit pad contain cover scale exif_transpose autocontrast equalize grayscale invert mirror flip colorize posterize solarize expand: IMAGE; }
    "cv2" {
        imread imwrite imdecode imencode resize cvtColor GaussianBlur blur medianBlur bilateralFilter filter2D Canny threshold adaptiveThreshold: NATIVE;
        warpAffine warpPerspective matchTemplate findContours equalizeHist fastNlMeansDenoising fastNlMeansDenoisingColored goodFeaturesToTrack calcOpticalFlowPyrLK calcOpticalFlowFarneback HoughCircles HoughLinesP inpaint grabCut dilate erode morphologyEx kmeans: NATIVE;
    }
    "imageio" { imread imwrite mimread mimwrite mimsave: NATIVE; }
    "imageio.v3" { imread imwrite: NATIVE; }
    "skimage.io" { imread imsave: NATIVE; }
    "skimage.transform" { resize rescale rotate warp pyramid_reduce: PYTHON; }
    "matplotlib.pyplot" { savefig: PYTHON; figure: function().gives("matplotlib.figure.Figure"); }
    "matplotlib.figure" { Figure: class(); }
    "matplotlib.figure.Figure" { savefig: PYTHON; }
    "pytesseract" { image_to_string image_to_data image_to_boxes image_to_osd image_to_pdf_or_hocr: NATIVE; }
    "pdf2image" { convert_from_path convert_from_bytes: NATIVE; }
    "pdfplumber" { open: PYTHON; }
    "librosa" { load resample stft istft: NATIVE; }
    "qrcode" { make: PYTHON; }
    "imagehash" { average_hash phash dhash whash: NATIVE; }
    "weasyprint" { HTML: class(); }
    "weasyprint.HTML" { write_pdf render: PYTHON; }
    "pypdf" { PdfReader PdfWriter PdfMerger: class(); }
    // Arrays and data frames.
    "numpy" { load save savez savez_compressed loadtxt savetxt genfromtxt: NATIVE; }
    "numpy.linalg" { svd eig eigh eigvals eigvalsh lstsq pinv matrix_power: NATIVE; }
    "scipy.optimize" { minimize minimize_scalar curve_fit least_squares differential_evolution linprog milp basinhopping dual_annealing brute root fsolve linear_sum_assignment: PYTHON; }
    "scipy.integrate" { quad dblquad odeint solve_ivp: PYTHON; }
    "pandas" {
        read_csv read_table read_parquet read_feather read_orc read_hdf: READ;
        read_excel read_json read_html read_xml read_sas read_stata read_spss read_pickle: FRAME;
        read_sql read_sql_query read_sql_table: blocking(Blocks::Database).instead("`asyncio.to_thread`").gives("pandas.DataFrame");
        concat merge pivot_table crosstab get_dummies json_normalize merge_asof: FRAME;
        DataFrame Series: class();
    }
    "pandas.DataFrame" {
        to_csv to_excel to_parquet to_json to_html to_pickle to_feather to_hdf to_xml to_markdown to_latex: PYTHON;
        to_sql: blocking(Blocks::Database).instead("`asyncio.to_thread`");
        apply applymap map merge join sort_values pivot_table corr cov describe drop_duplicates: FRAME;
    }
    "polars" {
        read_csv read_parquet read_json read_ndjson read_excel read_ipc read_avro read_database: NATIVE.gives("polars.DataFrame");
        scan_csv scan_parquet scan_ndjson scan_ipc: function().gives("polars.LazyFrame");
        DataFrame LazyFrame: class();
    }
    "polars.DataFrame" { write_csv write_parquet write_json write_excel write_ipc join sort group_by_dynamic pivot: NATIVE; lazy: function().gives("polars.LazyFrame"); }
    "polars.LazyFrame" { collect: NATIVE.gives("polars.DataFrame"); sink_parquet sink_csv fetch: NATIVE; collect_async: coroutine().gives("polars.DataFrame"); }
    "pyarrow.parquet" { read_table write_table read_pandas: NATIVE; }
    "pyarrow.csv" { read_csv write_csv: NATIVE; }
    "openpyxl" { load_workbook: PYTHON; }
    "networkx" { betweenness_centrality closeness_centrality eigenvector_centrality pagerank all_pairs_shortest_path all_pairs_dijkstra_path all_simple_paths floyd_warshall spring_layout simple_cycles: PYTHON; }
    // Machine learning.
    "sklearn.base" { BaseEstimator: class(); }
    "sklearn.base.BaseEstimator" { fit partial_fit fit_predict fit_transform transform predict predict_proba decision_function score: NATIVE; }
    "sklearn.linear_model" { LinearRegression LogisticRegression Ridge Lasso ElasticNet SGDClassifier SGDRegressor: ESTIMATOR; }
    "sklearn.ensemble" { RandomForestClassifier RandomForestRegressor GradientBoostingClassifier GradientBoostingRegressor ExtraTreesClassifier IsolationForest AdaBoostClassifier HistGradientBoostingClassifier: ESTIMATOR; }
    "sklearn.cluster" { KMeans MiniBatchKMeans DBSCAN HDBSCAN AgglomerativeClustering SpectralClustering: ESTIMATOR; }
    "sklearn.svm" { SVC SVR LinearSVC OneClassSVM: ESTIMATOR; }
    "sklearn.tree" { DecisionTreeClassifier DecisionTreeRegressor: ESTIMATOR; }
    "sklearn.neighbors" { KNeighborsClassifier KNeighborsRegressor NearestNeighbors: ESTIMATOR; }
    "sklearn.naive_bayes" { MultinomialNB GaussianNB: ESTIMATOR; }
    "sklearn.decomposition" { PCA TruncatedSVD NMF: ESTIMATOR; }
    "sklearn.manifold" { TSNE: ESTIMATOR; }
    "sklearn.neural_network" { MLPClassifier MLPRegressor: ESTIMATOR; }
    "sklearn.feature_extraction.text" { TfidfVectorizer CountVectorizer: ESTIMATOR; }
    "sklearn.pipeline" { Pipeline: ESTIMATOR; make_pipeline: function().gives("sklearn.pipeline.Pipeline"); }
    "sklearn.model_selection" { GridSearchCV RandomizedSearchCV: ESTIMATOR; cross_val_score cross_validate: NATIVE; }
    "xgboost" { XGBClassifier XGBRegressor: ESTIMATOR; train: NATIVE; }
    "lightgbm" { LGBMClassifier LGBMRegressor: ESTIMATOR; train: NATIVE; }
    "catboost" { CatBoostClassifier CatBoostRegressor: ESTIMATOR; }
    "joblib" { load dump: NATIVE; }
    "keras" { Model: class(); Sequential: MODEL; }
    "keras.Model" { fit predict evaluate train_on_batch predict_on_batch save: NATIVE; }

    "keras.models" { load_model: NATIVE.gives("keras.Model"); Model Sequential: MODEL; }
    "torch" { load save: NATIVE; }
    "torch.jit" { load save: NATIVE; }
    "transformers" {
        pipeline: NATIVE.gives("transformers.Pipeline");
        Pipeline PreTrainedModel PreTrainedTokenizerBase: class();
        AutoModel AutoModelForCausalLM AutoModelForSequenceClassification AutoModelForSeq2SeqLM AutoModelForTokenClassification AutoModelForQuestionAnswering: class().bases(&["transformers.PreTrainedModel"]);
        AutoTokenizer AutoProcessor: class().bases(&["transformers.PreTrainedTokenizerBase"]);
    }
    "transformers.Pipeline" { __call__: NATIVE; }
    "transformers.PreTrainedModel" { from_pretrained: NATIVE.gives("transformers.PreTrainedModel"); generate: NATIVE; save_pretrained: NATIVE; }
    "transformers.PreTrainedTokenizerBase" { from_pretrained: NATIVE.gives("transformers.PreTrainedTokenizerBase"); save_pretrained: NATIVE; }
    "sentence_transformers" { SentenceTransformer CrossEncoder: class().blocks(Blocks::Cpu).tags(&[Tag::ReleasesGil]); }
    "sentence_transformers.SentenceTransformer" { encode encode_multi_process fit: NATIVE; }
    "sentence_transformers.CrossEncoder" { predict rank: NATIVE; }
    "whisper" { load_model: NATIVE.gives("whisper.Whisper"); Whisper: class(); transcribe: NATIVE; }
    "whisper.Whisper" { transcribe decode: NATIVE; }
    "faster_whisper" { WhisperModel: class().blocks(Blocks::Cpu).tags(&[Tag::ReleasesGil]); }
    "faster_whisper.WhisperModel" { transcribe: function(); }
    "spacy" { load: PYTHON.gives("spacy.Language"); Language: class(); }
    "spacy.Language" { __call__: PYTHON; pipe: function(); }
    "onnxruntime" { InferenceSession: class().blocks(Blocks::Cpu).tags(&[Tag::ReleasesGil]); }
    "onnxruntime.InferenceSession" { run: NATIVE; }
    "tqdm" { tqdm trange: function(); }
};

pub(super) const ALIASES: &[(&str, &str)] = &[
    ("pandas.core.frame.DataFrame", "pandas.DataFrame"),
    ("tensorflow.keras", "keras"),
    ("tf_keras", "keras"),
    ("compression.zlib", "zlib"),
    ("compression.gzip", "gzip"),
    ("compression.bz2", "bz2"),
    ("compression.lzma", "lzma"),
];
