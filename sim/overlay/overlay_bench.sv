// SPDX-License-Identifier: BSD-3-Clause
// overlay_core with the AXI4 signal names and widths that cocotbext-axi expects.
//
// AXI3 has 4-bit lengths and a WID: lengths are cut or extended here, and every channel that the
// overlay drives is checked for held valid and payload (`breaches`).

module overlay_bench #(
  parameter int unsigned BEAT_SAMPLES = 360,
  parameter int unsigned MAX_BEATS = 1048576,
  parameter logic [31:0] MEMORY_FIRST = 32'h0010_0000,
  parameter logic [31:0] MEMORY_LAST = 32'h1fff_ffff
) (
  input  logic        ap_clk,
  input  logic        ap_rst_n,
  output logic        irq,
  output logic [31:0] breaches,

  input  logic [11:0] gp0_awid,
  input  logic [31:0] gp0_awaddr,
  input  logic [7:0]  gp0_awlen,
  input  logic [2:0]  gp0_awsize,
  input  logic [1:0]  gp0_awburst,
  input  logic        gp0_awvalid,
  output logic        gp0_awready,
  input  logic [31:0] gp0_wdata,
  input  logic [3:0]  gp0_wstrb,
  input  logic        gp0_wlast,
  input  logic        gp0_wvalid,
  output logic        gp0_wready,
  output logic [11:0] gp0_bid,
  output logic [1:0]  gp0_bresp,
  output logic        gp0_bvalid,
  input  logic        gp0_bready,
  input  logic [11:0] gp0_arid,
  input  logic [31:0] gp0_araddr,
  input  logic [7:0]  gp0_arlen,
  input  logic [2:0]  gp0_arsize,
  input  logic [1:0]  gp0_arburst,
  input  logic        gp0_arvalid,
  output logic        gp0_arready,
  output logic [11:0] gp0_rid,
  output logic [31:0] gp0_rdata,
  output logic [1:0]  gp0_rresp,
  output logic        gp0_rlast,
  output logic        gp0_rvalid,
  input  logic        gp0_rready,

  output logic [5:0]  hp0_awid,
  output logic [31:0] hp0_awaddr,
  output logic [7:0]  hp0_awlen,
  output logic [2:0]  hp0_awsize,
  output logic [1:0]  hp0_awburst,
  output logic        hp0_awvalid,
  input  logic        hp0_awready,
  output logic [63:0] hp0_wdata,
  output logic        hp0_wlast,
  output logic        hp0_wvalid,
  input  logic        hp0_wready,
  input  logic [5:0]  hp0_bid,
  input  logic [1:0]  hp0_bresp,
  input  logic        hp0_bvalid,
  output logic        hp0_bready,
  output logic [5:0]  hp0_arid,
  output logic [31:0] hp0_araddr,
  output logic [7:0]  hp0_arlen,
  output logic [2:0]  hp0_arsize,
  output logic [1:0]  hp0_arburst,
  output logic        hp0_arvalid,
  input  logic        hp0_arready,
  input  logic [5:0]  hp0_rid,
  input  logic [63:0] hp0_rdata,
  input  logic [1:0]  hp0_rresp,
  input  logic        hp0_rlast,
  input  logic        hp0_rvalid,
  output logic        hp0_rready
);

  logic [3:0] awlen, arlen;

  assign hp0_awid = '0;
  assign hp0_awlen = {4'b0, awlen};
  assign hp0_awsize = 3'd3;
  assign hp0_awburst = 2'b01;
  assign hp0_arid = '0;
  assign hp0_arlen = {4'b0, arlen};
  assign hp0_arsize = 3'd3;
  assign hp0_arburst = 2'b01;

  overlay_core #(
    .BEAT_SAMPLES(BEAT_SAMPLES),
    .MAX_BEATS(MAX_BEATS),
    .MEMORY_FIRST(MEMORY_FIRST),
    .MEMORY_LAST(MEMORY_LAST)
  ) core (
    .ap_clk, .ap_rst_n, .irq,
    .s_axi_awid(gp0_awid), .s_axi_awaddr(gp0_awaddr[11:0]), .s_axi_awlen(gp0_awlen[3:0]),
    .s_axi_awsize(gp0_awsize[1:0]), .s_axi_awburst(gp0_awburst), .s_axi_awvalid(gp0_awvalid),
    .s_axi_awready(gp0_awready), .s_axi_wdata(gp0_wdata), .s_axi_wstrb(gp0_wstrb),
    .s_axi_wvalid(gp0_wvalid), .s_axi_wready(gp0_wready), .s_axi_bid(gp0_bid),
    .s_axi_bresp(gp0_bresp), .s_axi_bvalid(gp0_bvalid), .s_axi_bready(gp0_bready),
    .s_axi_arid(gp0_arid), .s_axi_araddr(gp0_araddr[11:0]), .s_axi_arlen(gp0_arlen[3:0]),
    .s_axi_arsize(gp0_arsize[1:0]), .s_axi_arburst(gp0_arburst), .s_axi_arvalid(gp0_arvalid),
    .s_axi_arready(gp0_arready), .s_axi_rid(gp0_rid), .s_axi_rdata(gp0_rdata),
    .s_axi_rresp(gp0_rresp), .s_axi_rlast(gp0_rlast), .s_axi_rvalid(gp0_rvalid),
    .s_axi_rready(gp0_rready),
    .m_axi_awaddr(hp0_awaddr), .m_axi_awlen(awlen), .m_axi_awvalid(hp0_awvalid),
    .m_axi_awready(hp0_awready), .m_axi_wdata(hp0_wdata), .m_axi_wlast(hp0_wlast),
    .m_axi_wvalid(hp0_wvalid), .m_axi_wready(hp0_wready), .m_axi_bresp(hp0_bresp),
    .m_axi_bvalid(hp0_bvalid), .m_axi_bready(hp0_bready), .m_axi_araddr(hp0_araddr),
    .m_axi_arlen(arlen), .m_axi_arvalid(hp0_arvalid), .m_axi_arready(hp0_arready),
    .m_axi_rdata(hp0_rdata), .m_axi_rresp(hp0_rresp), .m_axi_rvalid(hp0_rvalid),
    .m_axi_rready(hp0_rready)
  );

  logic [31:0] aw_breaches, w_breaches, ar_breaches, b_breaches, r_breaches;
  assign breaches = aw_breaches + w_breaches + ar_breaches + b_breaches + r_breaches;

  handshake_checker #(.WIDTH(36)) aw_checker (
    .ap_clk, .ap_rst_n, .valid(hp0_awvalid), .ready(hp0_awready), .payload({awlen, hp0_awaddr}),
    .breaches(aw_breaches)
  );
  handshake_checker #(.WIDTH(65)) w_checker (
    .ap_clk, .ap_rst_n, .valid(hp0_wvalid), .ready(hp0_wready), .payload({hp0_wlast, hp0_wdata}),
    .breaches(w_breaches)
  );
  handshake_checker #(.WIDTH(36)) ar_checker (
    .ap_clk, .ap_rst_n, .valid(hp0_arvalid), .ready(hp0_arready), .payload({arlen, hp0_araddr}),
    .breaches(ar_breaches)
  );
  handshake_checker #(.WIDTH(14)) b_checker (
    .ap_clk, .ap_rst_n, .valid(gp0_bvalid), .ready(gp0_bready), .payload({gp0_bid, gp0_bresp}),
    .breaches(b_breaches)
  );
  handshake_checker #(.WIDTH(47)) r_checker (
    .ap_clk, .ap_rst_n, .valid(gp0_rvalid), .ready(gp0_rready),
    .payload({gp0_rid, gp0_rlast, gp0_rresp, gp0_rdata}), .breaches(r_breaches)
  );

endmodule
