/** Stands in for a package that the Milvus SDK loads for bulk imports alone. */
module.exports = {};
