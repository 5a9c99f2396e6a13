// onnxruntime-node's install script calls this before it downloads CUDA. The CPU build is inside the package already.
exports.bootstrap = () => process.exit(0);
