import type { Address } from "../../../base/address.ts";
import type { ByteString } from "../../../base/bytes.ts";
import type { FunctionListing } from "../../code/listing.ts";
import type { LifeRecord } from "../recorder.ts";
import type { ComparedRecord } from "../records.ts";
import type { CaseReport, CheckReport } from "../report.ts";

/** Where a call that can fail returns to. */
export interface CallSite {
  readonly address: Address;
  /** Index in `report.calls`. */
  readonly call: number;
}

/** All that the page shows. */
export interface PageInput {
  readonly report: CheckReport;
  /** As many as `report.cases`. */
  readonly records: readonly ComparedRecord[];
  /** Of init, then exit, then what else ran. Run numbers are indices of `report.cases`. */
  readonly code: readonly FunctionListing[];
  /** Functions that are not shown, since no run entered them. */
  readonly unentered: readonly { readonly name: ByteString; readonly instructions: number }[];
  readonly sites: readonly CallSite[];
}

/** A case and its number, which is its address on the page. */
export interface Run {
  readonly number: number;
  readonly report: CaseReport;
  readonly record: LifeRecord | undefined;
  /** Of the run without a failure that it is compared with; its own for the first. */
  readonly base: LifeRecord | undefined;
}

export const runsOf = ({ report, records }: PageInput): Run[] =>
  report.cases.map((each, number) => ({
    number,
    report: each,
    record: records[number]?.own,
    base: records[number]?.base,
  }));
