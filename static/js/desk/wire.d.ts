/** The rows that the server sends, as `clustering/selectors/desk_shapes.py` declares them. Written by
 * `WRITE=1 python -m pytest tests/project/test_wire_types.py`. */

/** A group as the browser has it. */
export interface GroupRow {
  id: number;
  number: number;
  state: "proposed" | "confirmed" | "changed";
  flagged: boolean;
  title: string;
  draft_title: string;
  kind: string;
  date: string;
  confidence: number | null;
  version: number;
  spans: [number, number][];
  draft_kind: string;
  flag_note: string;
  edited: boolean;
  draft_date: string;
  unsure: string[];
  note: string;
  copy_of: number;
  accepted: string[];
  language: string;
  details: Record<string, any>;
  personal: number;
}

/** A page as the browser has it. */
export interface PageRow {
  position: number;
  id: number;
  identifier: string;
  digest: string;
  width: number;
  height: number;
  role: string;
  line: string;
  rotation: number;
  restricted: [string, string | null] | null;
  placeholder: string;
}

/** Many rows of one kind: what their values are called, and the values of each. */
export interface Packed<Row> {
  columns: (keyof Row & string)[];
  rows: any[][];
}
