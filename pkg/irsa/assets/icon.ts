/** A key in a shield, one colour: the side menu tints it with the theme. Inline, as a file would be one more request at login. */
export const icon = `data:image/svg+xml,${ encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill-rule="evenodd" d="M12 1 3 4.6v6.2c0 5.4 3.7 10.3 9 12.2 5.3-1.9' +
  ' 9-6.8 9-12.2V4.6zM8.9 8.2a3.3 3.3 0 0 1 3.15 2.3H18v2.2h-1.2v2.1h-2.2v-2.1h-2.55a3.3 3.3 0 1 1-3.15-4.5zm0 2.2' +
  'a1.1 1.1 0 1 0 0 2.2 1.1 1.1 0 0 0 0-2.2z"/></svg>'
) }`;
