/** What may be chosen in a menu. */
export interface MenuEntry {
  label: string;
  /** Class of the icon before it; absent for none, whose place is kept. */
  icon?: string;
  /** Said after the label, quietly. */
  note?: string;
  /** Begins a group of its own. */
  apart?: boolean;
  testId?: string;
}
