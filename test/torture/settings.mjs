/** What the tortured program and its torturer agree on. */

export const batchMs = 200
