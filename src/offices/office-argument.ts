/** The office that a command is about. */
export const office = {
  type: 'positional',
  description: 'id of the office, as `office list` shows it',
  required: true,
} as const;
