declare module 'hcl2-parser' {
  const hcl: {
    /** The parsed text as JSON and nothing else, or an empty text where it is no HCL. */
    parseToString(text: string): [string, unknown];
  };

  export default hcl;
}
