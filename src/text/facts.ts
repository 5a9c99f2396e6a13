/** What a notice states that differs between installations. */
export interface NoticeFacts {
  readonly retentionDays: number;
  readonly contact: string | undefined;
  readonly policyUrl: string | undefined;
}
