/** A reason and what to do about it, for a person; shown without a stack trace. */
export class InstallFailure extends Error {
  constructor(message, hint) {
    super(message);
    this.name = "InstallFailure";
    this.hint = hint;
  }
}

export const say = (text) => process.stderr.write(`unicorn-engine: ${text}\n`);
