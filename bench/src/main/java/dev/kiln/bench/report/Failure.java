package dev.kiln.bench.report;

/** Why an engine has no time for a work: it lacks it, or came to other numbers. */
record Failure(String family, String work, String engine, String reason) {}
