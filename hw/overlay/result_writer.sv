// SPDX-License-Identifier: BSD-3-Clause
// AXI3 write master: puts 32-byte results into consecutive places of memory.
//
// One burst of four 64-bit words per result and one result at a time: `written` comes when the
// memory has confirmed it. `stop` keeps new results from being taken; an open burst is finished.

module result_writer (
  input  logic         ap_clk,
  input  logic         ap_rst_n,

  // Request; address is a multiple of 32, so that no burst crosses 4 KB
  input  logic         go,
  input  logic         stop,
  input  logic [31:0]  address,
  output logic         idle,
  output logic         error,
  output logic         written,
  output logic         progress,

  // AXI4-Stream input (sink)
  input  logic [255:0] s_axis_tdata,
  input  logic         s_axis_tvalid,
  output logic         s_axis_tready,

  // AXI3 write channels (master)
  output logic [31:0]  m_axi_awaddr,
  output logic [3:0]   m_axi_awlen,
  output logic         m_axi_awvalid,
  input  logic         m_axi_awready,
  output logic [63:0]  m_axi_wdata,
  output logic         m_axi_wlast,
  output logic         m_axi_wvalid,
  input  logic         m_axi_wready,
  input  logic [1:0]   m_axi_bresp,
  input  logic         m_axi_bvalid,
  output logic         m_axi_bready
);

  logic open_q, ready_q, waiting_q, confirmed;
  logic [255:0] result_q;
  logic [1:0] word_q;
  // Added before it is needed: no gate between the carry chain and a register
  logic [31:0] next_address_q;

  assign idle = !open_q && !ready_q;
  assign s_axis_tready = ready_q;
  assign m_axi_awlen = 4'd3;
  assign m_axi_wdata = result_q[63:0];
  assign m_axi_wlast = word_q == 2'd3;
  assign m_axi_bready = waiting_q;
  assign confirmed = m_axi_bvalid && waiting_q;
  assign progress = (m_axi_awvalid && m_axi_awready) || (m_axi_wvalid && m_axi_wready) ||
                    confirmed;

  always_ff @(posedge ap_clk) begin
    error <= 1'b0;
    written <= 1'b0;
    ready_q <= !open_q && !stop;
    next_address_q <= m_axi_awaddr + 32'd32;
    waiting_q <= open_q && !m_axi_awvalid && !m_axi_wvalid && !confirmed;
    if (go) m_axi_awaddr <= address;
    if (s_axis_tvalid && s_axis_tready) begin
      ready_q <= 1'b0;
      result_q <= s_axis_tdata;
      word_q <= '0;
      open_q <= 1'b1;
      m_axi_awvalid <= 1'b1;
      m_axi_wvalid <= 1'b1;
    end
    if (m_axi_awvalid && m_axi_awready) m_axi_awvalid <= 1'b0;
    if (m_axi_wvalid && m_axi_wready) begin
      result_q <= result_q >> 64;
      word_q <= word_q + 1'b1;
      if (m_axi_wlast) m_axi_wvalid <= 1'b0;
    end
    if (confirmed) begin
      m_axi_awaddr <= next_address_q;
      open_q <= 1'b0;
      error <= m_axi_bresp != 2'b00;
      written <= m_axi_bresp == 2'b00;
    end
    if (!ap_rst_n) begin
      open_q <= 1'b0;
      ready_q <= 1'b0;
      waiting_q <= 1'b0;
      m_axi_awvalid <= 1'b0;
      m_axi_wvalid <= 1'b0;
      error <= 1'b0;
      written <= 1'b0;
    end
  end

endmodule
